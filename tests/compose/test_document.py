"""From a dossier, a recipe and a template to a document: what templates may print, what is refused, and that data is never markup."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from briefing.compose.passes import curly
from briefing.model import (
    Cite,
    CiteRef,
    Document,
    Emphasis,
    Heading,
    Link,
    Number,
    Paragraph,
    SourceList,
    Strong,
    Table,
    Text,
    Title,
    decode,
    encode,
)
from briefing.problems import Location, Problem, ProblemsFound
from briefing.recipe import Recipe
from briefing.seeds import Agreement, BottomLine, Dossier, KeyFigure, Prose, Section, TimelineEntry, Whole
from briefing.walk import nodes, plain, words
from tests.compose.small import LEDGER, composed, dossier, fact, figure, prose, text, when

NB = "\N{NO-BREAK SPACE}"
EXPORTS = fact(
    "exports", "Exports reached {amount}.", figures={"amount": figure("1.2 billion", "EUR")}, when=when("2024"), sources="ledger#2"
)
PORT = fact("port", "The port is to open by {due}.", "planned", due=when("2026-05"), theme="ports", label="The port")
SECTION = Section(judgement=prose("Trade grew to {exports.amount}."), expected=("port",))


def seeds(**more: Any) -> Dossier:
    return dossier(EXPORTS, PORT, sections={"trade": SECTION}, **more)


def problem(template: str, made: Dossier | None = None, **more: Any) -> Problem:
    with pytest.raises(ProblemsFound) as caught:
        composed(template, made or seeds(), **more)
    (found,) = caught.value.problems
    return found


def body(template: str, made: Dossier | None = None, **more: Any) -> str:
    """Return the words of the paragraphs of what a template makes."""
    return "\n".join(
        plain(node.children) for node in nodes(composed(template, made or seeds(), **more)) if isinstance(node, Paragraph)
    )


# ------------------------------------------------------------------------------------------------------------- what prints


def test_a_printed_fact_is_its_sentence_with_numbered_source() -> None:
    document = composed("{{ fact('exports') }}", seeds())
    assert document.blocks == (
        Paragraph((Text("Exports reached "), Number("EUR 1.2 billion", "exports", "amount"), Text(NB), Cite((CiteRef(1, "ledger", (2,)),), ("exports",)), Text("."))),
    )  # fmt: skip


def test_a_printed_figure_has_its_mark() -> None:
    assert body("So {{ fact('exports')['amount'] }} it was.").replace(NB, " ") == "So EUR 1.2 billion [1] it was."


def test_facts_are_chosen_by_theme_kind_and_status() -> None:
    assert body("x {% for f in facts(theme='ports') %}{{ f.label }} {{ f.state }};{% endfor %}") == "x The port upcoming;"
    assert body("x{% for f in facts(status='happened') %}{{ f.id }}{% endfor %}{{ facts(kind='no')|length }}") == "xexports0"


def test_prose_is_markdown_and_names_facts() -> None:
    (block,) = composed("{{ themes[0].section.judgement }}", seeds()).blocks
    assert isinstance(block, Paragraph)
    assert [type(inline) for inline in block.children] == [Text, Number, Text, Cite, Text]


def test_dates_and_numbers_print_as_words() -> None:
    assert body("{{ as_of }}; {{ 3 }}; {{ source_count }}; {{ 1.5 }}") == "1 December 2025; 3; 2; 1.5"


@pytest.mark.parametrize("value", ["themes", "brief", "header", "true", "[1]", "{'a': 1}", "themes[0]", "none", "fact", "charts"])
def test_what_is_no_text_cannot_be_printed(value: str) -> None:
    found = problem(f"\n{{{{ {value} }}}}")
    assert (found.at.file, found.at.line) == ("templates/policy-brief.md.j2", 2)
    assert found.code in {"T003", "T005"}


def test_a_fact_that_is_not_there_is_told_with_the_nearest_one() -> None:
    found = problem("x\n{{ fact('exprots') }}")
    assert str(found.at) == "templates/policy-brief.md.j2:2:1"
    assert "did you mean exports?" in str(found)


# ------------------------------------------------------------------------------------------------------------ what is refused


def test_an_unknown_theme_is_refused_with_the_nearest_name() -> None:
    assert problem("x", theme="trad").hint == "did you mean trade?"
    assert problem("x", theme="zzz").hint == "themes: trade, ports"
    at = Location("briefs/b.yaml", 3, 1)
    found = problem("x", recipe=Recipe("brief", "T", themes=("ports", "trde"), at=at))
    assert (found.at, found.hint) == (at, "did you mean trade?")


def test_a_day_before_every_source_is_refused() -> None:
    found = problem("x", as_of=date(2025, 2, 28))
    assert found.code == "B011"
    assert "28" in found.message


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{{ nothing }}", "T003"),
        ("{% if %}", "T002"),
        ("{% include 'nothing' %}", "T001"),
        ("{% for a in range(10) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "T004"),
        ("{{ chart }}", "T005"),
        ("# Too large", "T006"),
        ("::: nonsense\nx\n:::", "T006"),
        ("```\ncode\n```", "T006"),
        ("x\n\n{{ title() }}", "T007"),
        ("{{ title() }}\n\n{{ title() }}", "T007"),
        ("", "T008"),
        ("{{ title() }}\n\n## Nothing below", "T008"),
        ("{# nothing #}\n\n{{ timeline() }}", "T008"),
    ],
)
def test_a_template_at_fault_is_named(template: str, code: str) -> None:
    found = problem(template)
    assert found.code == code
    assert found.at.file == "templates/policy-brief.md.j2"
    assert found.at.line >= 1


@pytest.mark.parametrize("wrong", ["> quoted", "# Too large", "::: note N", ":::", "```\ncode\n```"])
def test_prose_that_a_brief_cannot_hold_is_named_by_its_own_place(wrong: str) -> None:
    at = Location("seeds/trade.yaml", 7, 5)
    section = Section(judgement=prose("It is well."), happened=(Prose(wrong, at), prose("Yes.")))
    found = problem(
        "{% for each in themes[0].section.happened %}{{ each }}\n\n{% endfor %}", dossier(EXPORTS, sections={"trade": section})
    )
    assert (found.at, found.code) == (at, "T006")


def test_a_template_that_is_not_there_is_told() -> None:
    with pytest.raises(ProblemsFound) as caught:
        composed("x", seeds(), others={"policy-brief.md.j2": "{% include 'none.md.j2' %}"})
    assert caught.value.problems[0].code == "T001"


# -------------------------------------------------------------------------------------------------------- the document as one


def test_the_title_has_kicker_and_subtitle() -> None:
    recipe = Recipe("brief", "Making trade 'last'", series="Policy brief", number="1.10", subtitle="And how")
    document = composed("{{ title() }}\nx", seeds(), recipe=recipe)
    assert document.blocks[0] == Title(text("Making trade ‘last’"), "Policy brief · 1.10", "And how")
    assert (document.title, document.short_title, document.header_left) == ("Making trade ‘last’",) * 3


def test_a_document_of_one_theme_has_its_own_title_facts_and_keywords() -> None:
    recipe = Recipe("brief", "Making trade last", theme_title="{title}: {theme}")
    template = "{{ title() }}\n{% for t in themes %}{{ t.short }} {% endfor %}{{ theme.title }}\n\n{{ timeline() }}"
    both = (TimelineEntry("exports"), TimelineEntry("port"))
    document = composed(template, seeds(timeline=both), recipe=recipe, theme="ports")
    assert document.title == "Making trade last: Ports"
    assert plain(document.blocks[1].children) == "Ports Ports"  # type: ignore[union-attr]
    (table,) = (node for node in nodes(document) if isinstance(node, Table))
    assert [row.cells[1].children for row in table.rows] == [text("The port")]


def test_a_recipe_may_choose_themes() -> None:
    assert body("{% for t in themes %}{{ t.id }}{% endfor %}", recipe=Recipe("brief", "T", themes=("ports",))) == "ports"


def test_sources_are_listed_in_order_of_first_use_and_only_if_cited() -> None:
    document = composed("{{ fact('port') }}\n\n{{ fact('exports') }}\n\n## Sources\n\n{{ sources() }}", seeds())
    (listed,) = (node for node in nodes(document) if isinstance(node, SourceList))
    assert [(entry.number, entry.source) for entry in listed.entries] == [(1, "gazette"), (2, "ledger")]
    alone = composed("{{ fact('exports') }}\n\n{{ sources() }}", seeds())
    assert [entry.source for node in nodes(alone) if isinstance(node, SourceList) for entry in node.entries] == ["ledger"]


def test_a_summary_spells_out_no_abbreviations_and_is_one_page() -> None:
    made = seeds(abbreviations={"EU": "European Union"})
    assert body("EU") == "EU"
    assert body("EU", made) == "European Union (EU)"
    summary = composed("EU", made, recipe=Recipe("summary", "T"))
    assert summary.one_page
    assert words(summary) == ["EU"]


def test_the_marking_is_the_highest_of_what_is_printed() -> None:
    official = fact("o", marking="official")
    made = dossier(EXPORTS, official)
    assert composed("x{{ mark('exports') }}", made).marking == ""  # the clearance of the recipe hides it
    assert composed("x{{ mark('o') }}", made, recipe=Recipe("brief", "T", clearance="official")).marking == "official"
    assert composed("x{{ mark('exports') }}", made, recipe=Recipe("brief", "T", clearance="official")).marking == ""
    assert composed("x", seeds(), recipe=Recipe("brief", "T", marking="restricted", clearance="restricted")).marking == "restricted"


def test_headings_that_nothing_follows_leave_no_trace() -> None:
    document = composed(
        "x\n\n## Agreements\n\n{{ agreements() }}\n\n## Timeline\n\n{{ timeline() }}", seeds(timeline=(TimelineEntry("port"),))
    )
    assert [plain(node.children) for node in nodes(document) if isinstance(node, Heading)] == ["Timeline"]


def test_the_annex_is_there_when_asked_for() -> None:
    template = "x{% if annex %}\n\n## Annex\n\n{{ annexes() }}{% endif %}"
    assert len([node for node in nodes(composed(template, seeds())) if isinstance(node, Table)]) == 0
    assert len([node for node in nodes(composed(template, seeds(), annex=True)) if isinstance(node, Table)]) == 2


def test_a_document_is_the_same_each_time_and_survives_its_bytes() -> None:
    template = (
        "{{ title() }}\n{{ identity() }}\n\n{{ fact('exports') }}\n\n{{ timeline() }}\n\n{{ sources() }}\n\n{{ end_matter() }}"
    )
    first = composed(template, seeds(timeline=(TimelineEntry("port"),)), digest="0123456789abcdef0123")
    assert first == composed(template, seeds(timeline=(TimelineEntry("port"),)), digest="0123456789abcdef0123")
    assert decode(encode(first)) == first
    assert first.digest[:16] in words(first)


def test_the_printed_digest_changes_with_what_was_known_and_with_nothing_else() -> None:
    template = "{{ title() }}\n{{ fact('exports') }}\n\n{{ end_matter() }}"

    def digest(made: Dossier, others: str = "0123") -> str:
        return composed(template, made, digest=others).digest

    now = seeds()
    exports = now.facts["exports"]
    later = msgspec.structs.replace(LEDGER, id="later", published=when("2026-01-01"))
    unknown = fact("unknown", sources="later#1")
    moved = msgspec.structs.replace(exports, at=Location("seeds/other.yaml", 7, 3))
    known = {**now.facts, "more": fact("more")}
    assert digest(
        msgspec.structs.replace(now, facts={**now.facts, "unknown": unknown}, sources={**now.sources, "later": later})
    ) == digest(now)
    assert digest(msgspec.structs.replace(now, facts={**now.facts, "exports": moved})) == digest(now)
    assert digest(msgspec.structs.replace(now, facts=known)) != digest(now)
    assert digest(now, "4567") != digest(now)


# ---------------------------------------------------------------------------------------------------- data is never markup

DATA = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Zl", "Zp"]), min_size=1, max_size=50),
    st.text(alphabet="*_`[]()#>-+.!|\\<&;:~{}=%\"' \n1ab", min_size=1, max_size=30),
    st.sampled_from(["<b>x</b>", "{{ 1 }}", "{% raw %}", "**x**", "a | b", "# x", "::: note", ":::", "&amp;", "[x](http://y)", "1.10", "NO", "-", "x" * 400]),
)  # fmt: skip

EVERYTHING = """{{ title() }}
{{ brief.audience }}

- {{ header.publisher }}
- **{{ header.publisher }}**

::: note {{ brief.audience }}
{{ whole.key_points|length }} {{ fact('a') }}
:::

## {{ header.title }}

| {{ header.title }} | x |
|---|---|
| y | {{ header.title }} |

{{ key_figures() }}

{{ agreements() }}

{{ timeline() }}

{{ sources() }}

{{ end_matter() }}
"""


def shown(data: str) -> str:
    """Return data as it must stand in the document: on one line, with typographic quotes."""
    return " ".join(curly(re.sub(r"\s+", " ", data)).split())


def hostile(data: str) -> Document:
    braced = data.replace("{", "{{").replace("}", "}}")
    row = fact("a", f"It says ({braced}).", label=data, figures={"n": figure("3")}, when=when("2024"))
    made = dossier(
        row,
        header={"publisher": data, "title": data, "contact": data},
        whole=Whole(BottomLine(prose("x")), {}),
        key_figures=(KeyFigure("a.n", data),),
        agreements=(Agreement("a", data, data),),
        timeline=(TimelineEntry("a"),),
    )
    return composed(EVERYTHING, made, recipe=Recipe("brief", data, audience=data))


@given(DATA)
@example("'quoted' \"words\"")
def test_data_comes_out_letter_by_letter_wherever_it_is_printed(data: str) -> None:
    data = data.strip()  # as the loader reads texts
    assume(data and "\N{NO-BREAK SPACE}" not in data)  # that space ties source marks too
    document = hostile(data)
    strong = [node for node in nodes(document) if isinstance(node, (Strong, Emphasis, Link))]
    assert [type(node) for node in strong] == [Strong, Emphasis]  # the template's own, and the title in the list of sources
    wanted = shown(data)
    seen = [shown(plain(node.children)) for node in nodes(document) if hasattr(node, "children") and not isinstance(node, Strong)]
    assert len([each for each in seen if wanted in each]) >= 11
    assert shown(document.title) == wanted
    assert [type(block).__name__ for block in document.blocks] == [
        "Title", "Paragraph", "Bullets", "Callout", "Heading", "Table", "Table", "Table", "Table", "SourceList", "Details",
    ]  # fmt: skip


def test_no_data_reaches_the_template_language() -> None:
    document = hostile("{{ 7 * 7 }} {% for x in y %}")
    assert "49" not in words(document)
    assert words(document).count("{%") > 9
