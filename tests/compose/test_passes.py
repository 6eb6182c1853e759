"""What is settled over the whole tree: quotes, source marks, abbreviations, empty parts, anchors, contents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.compose import passes
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Cell,
    Chart,
    Cite,
    CiteRef,
    Column,
    Contents,
    ContentsEntry,
    Details,
    Emphasis,
    Entry,
    Group,
    Heading,
    Inline,
    Item,
    KeyNumber,
    KeyNumbers,
    Link,
    Number,
    Paragraph,
    Row,
    Series,
    SourceEntry,
    SourceList,
    Strong,
    Table,
    Text,
    Title,
)
from briefing.walk import nodes, plain
from tests.compose.small import text

NB = "\N{NO-BREAK SPACE}"


def c(*places: str) -> Cite:
    """Return a mark: "gazette#3,4 ledger#1"."""
    refs = []
    for place in places:
        source, _, paragraphs = place.partition("#")
        refs.append(CiteRef(0, source, tuple(map(int, paragraphs.split(","))) if paragraphs else ()))
    return Cite(tuple(refs))


def p(*inlines: Inline | str) -> Paragraph:
    return Paragraph(tuple(Text(each) if isinstance(each, str) else each for each in inlines))


def h(level: int, words: str, name: str = "") -> Heading:
    return Heading(level, text(words), name)


def settled(*inlines: Inline | str) -> tuple[Inline, ...]:
    return passes.settle_cites(p(*inlines)).children


# ----------------------------------------------------------------------------------------------------------------- quotes


@pytest.mark.parametrize(
    ("typed", "curly"),
    [
        ('He said "yes".', "He said “yes”."),
        ("It's the desk's.", "It’s the desk’s."),
        ("'Yes' and 'no'", "‘Yes’ and ‘no’"),
        ('("so")', "(“so”)"),
        ("the '90s", "the ’90s"),
        ("\"'in' out\"", "“‘in’ out”"),
        ("ministers' offices", "ministers’ offices"),
        ("rock–'n'–roll", "rock–‘n’–roll"),
        ("no quotes", "no quotes"),
    ],
)
def test_quotes_turn_the_right_way(typed: str, curly: str) -> None:
    assert passes.curly(typed) == curly


def test_a_quote_looks_at_the_character_before_its_run() -> None:
    before = p(Strong(text("the desk")), "'s view, '", Emphasis(text("so")), "'")
    assert plain(passes.quotes(before).children) == "the desk’s view, ‘so’"


def test_quotes_reach_every_part_of_the_tree_and_leave_numbers_alone() -> None:
    tree: tuple[Block, ...] = (
        Title(text("a'b")),
        Table((Column(text("a'b")),), (Row((Cell(text("a'b")),)),), "t", text("a'b")),
        Callout("note", text("a'b"), (Bullets((Item((p("a'b", Number("a'b", "f")),)),)),)),
    )
    found = [node.text for node in nodes(passes.quotes(tree)) if isinstance(node, (Text, Number))]
    assert found == ["a’b"] * 6 + ["a'b"]


@given(st.text(max_size=40))
def test_quotes_change_nothing_but_quotes(words: str) -> None:
    straight = passes.curly(words).translate(str.maketrans("“”‘’", "\"\"''"))
    assert straight == words.translate(str.maketrans("“”‘’", "\"\"''"))


# ----------------------------------------------------------------------------------------------------------- source marks


def test_a_mark_is_tied_to_its_word() -> None:
    assert settled("Trade grew ", c("a"), ".") == (Text(f"Trade grew{NB}"), c("a"), Text("."))
    assert settled(Number("USD 3", "f"), c("a")) == (Number("USD 3", "f"), Text(NB), c("a"))


def test_marks_side_by_side_become_one() -> None:
    assert settled("So ", c("a#1"), c("b#2"), " ", c("a#3"), ".") == (Text(f"So{NB}"), c("a#1,3", "b#2"), Text("."))


def test_a_mark_that_its_sentence_repeats_is_printed_once_at_the_end_with_all_paragraphs() -> None:
    run = settled("Trade ", c("a#2"), " and ports ", c("a#1"), " grew.")
    assert (
        run == (Text("Trade "), Text(f" and ports{NB}"), c("a#1,2"), Text(" grew."))
        or plain(run) == f"Trade and ports{NB}[0] grew."
    )
    assert [inline for inline in run if isinstance(inline, Cite)] == [c("a#1,2")]


def test_no_space_is_left_before_a_comma_where_a_mark_has_gone() -> None:
    assert plain(settled("Trade ", c("a"), ", ports ", c("a"), ".")) == f"Trade, ports{NB}[0]."


def test_another_sentence_has_its_own_mark() -> None:
    run = settled("One ", c("a#1"), ". Two ", c("a#2"), ".")
    assert [inline for inline in run if isinstance(inline, Cite)] == [c("a#1"), c("a#2")]


def test_marks_of_different_sources_stay_apart_in_a_sentence() -> None:
    run = settled("One ", c("a"), " and two ", c("b"), " and three ", c("a", "b"), ".")
    assert [inline for inline in run if isinstance(inline, Cite)] == [c("a"), c("b"), c("a", "b")]


def test_a_mark_after_the_stop_moves_before_it() -> None:
    assert plain(settled("It holds.", c("a"), c("b"))) == f"It holds{NB}[0, 0]."
    assert plain(settled("It holds ", c("b"), ".", c("a"), " And so on.")) == f"It holds{NB}[0, 0]. And so on."
    assert plain(settled("Rests on: ", c("a"))) == f"Rests on:{NB}[0]"


def test_a_mark_that_others_went_into_stands_for_the_facts_of_all() -> None:
    one, other = Cite((CiteRef(0, "a", (1,)),), ("one",)), Cite((CiteRef(0, "a", (2,)),), ("other", "one"))
    beside, later = settled("It holds ", one, other, "."), settled("It ", one, " holds ", other, ".")
    merged = Cite((CiteRef(0, "a", (1, 2)),), ("one", "other"))
    assert [inline for inline in (*beside, *later) if isinstance(inline, Cite)] == [merged, merged]
    numbered, _ = passes.number_sources((Paragraph((merged,)),))
    assert numbered == (Paragraph((Cite((CiteRef(1, "a", (1, 2)),), ("one", "other")),)),)


def test_a_mark_without_sources_vanishes() -> None:
    assert settled("So", Cite(()), ".") == (Text("So"), Text("."))


def test_sources_are_numbered_once_in_order_of_first_use() -> None:
    tree = (
        p("x", c("b")),
        Callout(
            "note",
            (Text("y"), c("a")),
            (
                Bullets(
                    (
                        Item(
                            (
                                p(
                                    Strong((Text("z"), c("c", "b"))),
                                ),
                            )
                        ),
                    )
                ),
            ),
        ),
        Table((Column((Text("w"), c("d"))),), (Row((Cell((c("a", "d"),)),)),), "t", (), "", (c("e"),)),
    )
    numbered, numbers = passes.number_sources(tree)
    assert numbers == {"b": 1, "a": 2, "c": 3, "d": 4, "e": 5}
    for node in nodes(numbered):
        if isinstance(node, CiteRef):
            assert node.number == numbers[node.source]
        if isinstance(node, Cite):
            assert [ref.number for ref in node.refs] == sorted(ref.number for ref in node.refs)
    first_seen = list(dict.fromkeys(node.source for node in nodes(tree) if isinstance(node, CiteRef)))
    assert sorted(numbers, key=lambda key: numbers[key]) == first_seen


# ----------------------------------------------------------------------------------------------------------- abbreviations

LONG = {"PAMB": "Port Authority of Marrow Bay", "EU": "European Union", "EUR": "euro", "CEPA": "Comprehensive Agreement"}


def expanded(*blocks: Block, well_known: tuple[str, ...] = ()) -> tuple[list[str], list[str]]:
    tree, used = passes.expand(blocks, LONG, well_known)
    return [plain(node.children) for node in nodes(tree) if isinstance(node, Paragraph)], list(used)


def test_an_abbreviation_is_spelled_out_at_its_first_use_only() -> None:
    words, used = expanded(p("The PAMB and the PAMB."), p("PAMB"))
    assert words == ["The Port Authority of Marrow Bay (PAMB) and the PAMB.", "PAMB"]
    assert used == ["PAMB"]


def test_an_abbreviation_is_a_whole_word() -> None:
    assert expanded(p("EURO, EU-wide, PAMBs, x-EU and EUR")) == (["EURO, EU-wide, PAMBs, x-EU and euro (EUR)"], ["EUR"])


def test_what_the_text_spells_out_itself_is_left_alone() -> None:
    words, used = expanded(p("The port authority of Marrow Bay (PAMB) and PAMB."))
    assert words == ["The port authority of Marrow Bay (PAMB) and PAMB."]
    assert used == ["PAMB"]


def test_the_well_known_are_listed_where_used_and_not_spelled_out() -> None:
    assert expanded(p("EU and CEPA"), well_known=("EU", "UN")) == (["EU and Comprehensive Agreement (CEPA)"], ["CEPA", "EU"])


def test_headings_titles_and_tables_neither_spell_out_nor_count_as_the_first_use() -> None:
    table = Table((Column(text("EU")),), (Row((Cell(text("EU")),)),), "t")
    callout = Callout("note", text("EU"), (Bullets((Item((p("EU"),)),)),))
    tree, used = passes.expand((h(1, "EU"), table, callout, p("EU")), LONG, ())
    assert [plain(node.children) for node in nodes(tree) if isinstance(node, Paragraph)] == ["European Union (EU)", "EU"]
    assert plain(callout.title) == "EU"
    assert list(used) == ["EU"]


def test_an_abbreviation_in_a_number_or_a_table_alone_is_listed() -> None:
    assert expanded(p(Number("EUR 3 million", "f")))[1] == ["EUR"]


def test_no_abbreviations_leave_the_tree_as_it_is() -> None:
    tree = (p("EU"),)
    assert passes.expand(tree, {}) == (tree, {})


def test_the_empty_lists_are_filled() -> None:
    listed = (SourceEntry(1, "a", text("A")),)
    tree = passes.fill((Group((SourceList(()),)), Details((), "abbreviations"), Details((), "identity")), listed, {"EU": "Union"})
    assert tree == (Group((SourceList(listed),)), Details((Entry("EU", text("Union")),), "abbreviations"), Details((), "identity"))


# ------------------------------------------------------------------------------------------------- pruning, anchors, contents


def test_headings_and_labels_without_anything_after_them_go() -> None:
    label = Paragraph(text("So what"), "label")
    tree = (h(1, "One"), h(2, "Two"), label, h(1, "Three"), label, label, p("x"), h(2, "Four"), h(1, "Five"))
    assert passes.prune(tree) == (h(1, "Three"), label, p("x"))


def test_a_heading_stays_for_a_deeper_one_that_stays() -> None:
    tree = (h(1, "One"), h(2, "Two"), p("x"), h(2, "Three"), h(3, "Four"), h(2, "Five"), p("y"))
    assert passes.prune(tree) == (h(1, "One"), h(2, "Two"), p("x"), h(2, "Five"), p("y"))


@pytest.mark.parametrize(
    "empty",
    [
        Bullets(()),
        Table((Column(text("A")),), (), "t", text("Table 1. A")),
        Chart("bar", (), "c", text("Figure 1. A"), "A chart."),
        KeyNumbers(()),
        SourceList(()),
        Details((), "abbreviations"),
        Group((Bullets(()),)),
        Callout("note", text("Note"), (Group((Bullets(()),)),)),
    ],
)
def test_what_is_empty_goes_with_its_heading(empty: Block) -> None:
    assert passes.prune((h(1, "One"), empty)) == ()


def test_what_holds_something_stays() -> None:
    tree = (Group((p("x"),)), Callout("note", (), (p("x"),)), KeyNumbers((KeyNumber(text("3"), text("x")),)), Contents("C", ()))
    assert passes.prune(tree) == tree


@pytest.mark.parametrize(
    ("words", "name"), [("What we do not know", "what-we-do-not-know"), ("₹ & ō", "part"), ("Ōsaka 2.0!", "saka-2-0")]
)
def test_an_anchor_is_made_of_the_words(words: str, name: str) -> None:
    assert passes.slug(words) == name


def test_anchors_are_unique_wherever_they_stand() -> None:
    chart = Chart("bar", (Series("", ()),), "one", text("C"), "A.")
    tree = passes.anchor((h(1, "One"), h(2, "One"), Group((h(1, "one!"), chart)), Table((), (), ""), Table((), (), "table")))
    ids = [node.id for node in nodes(tree) if isinstance(node, (Heading, Table, Chart))]
    assert ids == ["one", "one-2", "one-3", "one-4", "table", "table-2"]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["a", "a-2", "a 2", "", "b", "A"])), max_size=12))
def test_no_two_anchors_are_equal(headings: list[tuple[int, str]]) -> None:
    tree = passes.anchor(tuple(h(level, words or "?") for level, words in headings))
    ids = [node.id for node in tree if isinstance(node, Heading)]
    assert len(set(ids)) == len(ids) == len(headings)
    assert all(ids)


def test_contents_name_the_first_two_levels_with_their_anchors() -> None:
    tree = passes.contents((Contents("Contents", ()), h(1, "One", "one"), h(3, "Three", "three"), Group((h(2, "Two", "two"),))))
    assert tree[0] == Contents("Contents", (ContentsEntry(1, "One", "one"), ContentsEntry(2, "Two", "two")))


def test_the_title_comes_first_and_once() -> None:
    title = Title(text("T"))
    assert passes.title_first((title, p("x")))
    assert passes.title_first((p("x"),))
    assert not passes.title_first((p("x"), title))
    assert not passes.title_first((title, title))
    assert not passes.title_first((title, Group((title,))))


def test_a_tree_that_needs_no_change_is_the_same_tree() -> None:
    tree = (h(1, "One"), p("x", Link("#a", text("y"))), Callout("note", (), (p("z"),)))
    assert passes.quotes(tree) is tree
