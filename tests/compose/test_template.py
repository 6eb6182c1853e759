"""Templates are strict and shut in: every fault has the template's file and line, and nothing outside can be reached."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.compose.marks import escape
from briefing.compose.template import LENGTH, TemplateFault, run
from briefing.problems import Problem

NAME = "brief.md.j2"


def printed(text: str, *, others: dict[str, str] | None = None, **values: Any) -> str:
    return run({NAME: text, **(others or {})}, {NAME: "templates/brief.md.j2"}, NAME, values, lambda value: escape(str(value)))


def fault(text: str, *, others: dict[str, str] | None = None, **values: Any) -> Problem:
    with pytest.raises(TemplateFault) as caught:
        printed(text, others=others, **values)
    return caught.value.problem


def outcome(text: str, **values: Any) -> Problem | None:
    """Return what is wrong with a template, or None where it prints; anything else it raises is a mistake of ours."""
    try:
        printed(text, **values)
    except TemplateFault as caught:
        return caught.problem
    return None


def place(problem: Problem) -> str:
    return f"{problem.at} {problem.code}"


def test_values_are_printed_escaped_and_the_templates_own_words_are_not() -> None:
    assert printed("**a** {{ word }}", word="**b**") == r"**a** \*\*b\*\*"


def test_lines_that_hold_a_statement_alone_leave_no_trace() -> None:
    assert printed("{% for n in [1, 2] %}\n- {{ n }}\n{% endfor %}\n") == "- 1\n- 2\n"


def test_what_a_macro_has_printed_is_not_escaped_again() -> None:
    text = "{% macro row(x) %}- **{{ x }}**\n{% endmacro %}{{ row(word) }}{% call deep() %}*{{ word }}*{% endcall %}"
    both = "{% macro deep() %}({{ caller() }}){% endmacro %}" + text
    assert printed(both, word="a*b") == "- **a\\*b**\n(*a\\*b*)"


def test_what_a_set_block_has_printed_is_not_escaped_again() -> None:
    assert printed("{% set x %}*{{ word }}*{% endset %}{{ x }}", word="a*b") == r"*a\*b*"


@pytest.mark.parametrize(
    "text",
    [
        "{{ m() ~ word }}",
        "{{ m() + word }}",
        "{{ [m(), word]|join }}",
        "{{ m()|upper }}{{ word }}",
        "{% set x = m() ~ word %}{{ x }}",
        "{% set x %}{{ word }}{% endset %}{{ x }}{{ x ~ word }}",
        "{% set x|upper %}{{ word }}{% endset %}{{ x }}",
        "{{ [word]|map('upper')|first }}",
    ],
)
def test_data_joined_to_what_was_printed_is_escaped_still(text: str) -> None:
    shown = printed("{% macro m() %}m{% endmacro %}" + text, word="<i>*!")
    assert "*" in shown
    assert all(shown[at - 1] == "\\" for at, letter in enumerate(shown) if letter in "*<!")


def test_an_undefined_name_is_told_with_file_and_line() -> None:
    problem = fault("one\n{{ one_thing }}\n")
    assert place(problem) == "templates/brief.md.j2:2:1 T003"
    assert "one_thing" in problem.message


def test_an_undefined_attribute_is_told_too() -> None:
    assert place(fault("{{ word.nothing.more }}", word="x")) == "templates/brief.md.j2:1:1 T003"
    assert place(fault("\n\n{% if nothing.more %}{% endif %}")) == "templates/brief.md.j2:3:1 T003"
    assert place(fault("{% for x in nothing %}{% endfor %}")) == "templates/brief.md.j2:1:1 T003"


def test_a_value_that_is_empty_cannot_be_printed() -> None:
    assert place(fault("\n{{ word }}", word=None)) == "templates/brief.md.j2:2:1 T003"


@pytest.mark.parametrize("text", ["a\n{% if %}", "a\n{{ 1 +", "a\n{% for x in y %}\n", "a\n{% nonsense %}", "a\n{{ x|nonsense }}"])
def test_a_syntax_error_is_told_with_file_and_line(text: str) -> None:
    problem = fault(text, x=1, y=[])
    assert problem.code == "T002"
    assert str(problem.at).startswith("templates/brief.md.j2:2") or "x in y" in text


def test_a_fault_in_an_included_template_names_that_template() -> None:
    problem = fault("{% include 'part.md.j2' %}", others={"part.md.j2": "a\nb\n{{ gone }}"})
    assert place(problem) == "templates/part.md.j2:3:1 T003"
    syntax = fault("{% include 'part.md.j2' %}", others={"part.md.j2": "a\n{% endif %}"})
    assert place(syntax) == "templates/part.md.j2:2:1 T002"


def test_a_template_that_is_not_there_is_told_with_the_nearest_name() -> None:
    problem = fault("a\n{% include 'prt.md.j2' %}", others={"part.md.j2": ""})
    assert place(problem) == "templates/brief.md.j2:2:1 T001"
    assert problem.hint == "did you mean part.md.j2?"
    with pytest.raises(TemplateFault) as caught:
        run({NAME: ""}, {}, "breif.md.j2", {}, str)
    assert caught.value.problem.code == "T001"
    assert caught.value.problem.hint == f"did you mean {NAME}?"


@pytest.mark.parametrize(
    "text",
    [
        "{% include '../../etc/passwd' %}",
        "{% include '/etc/passwd' %}",
        "{% include 'templates/../../etc/passwd' %}",
        "{% extends '/etc/passwd' %}",
        "{% import '../seeds/dossier.yaml' as seeds %}",
        "{% from '/etc/passwd' import root %}",
    ],
)
def test_no_file_can_be_read(text: str) -> None:
    assert fault(text).code == "T001"


@pytest.mark.parametrize(
    "text",
    [
        "{{ word.__class__ }}",
        "{{ word.__class__.__mro__[1].__subclasses__() }}",
        "{{ word['__class__'] }}",
        "{{ work.__globals__ }}",
        "{{ work.__code__ }}",
        "{{ word|attr('__class__') }}",
        "{{ word.format(1) }}",
        "{{ '{0.__class__}'.format(word) }}",
        "{{ '%s' % word }}",
        "{{ words.append('x') }}",
        "{{ words.clear() }}",
        "{{ self._TemplateReference__context }}",
        "{{ _step.__globals__ }}",
        "{{ _step.__closure__ }}",
        "{{ open('/etc/passwd') }}",
        "{{ cycler.__init__ }}",
        "{{ lipsum() }}",
        "{{ word|pprint }}",
        "{{ word|safe }}",
        "{{ word|tojson }}",
        "{% set word.x = 1 %}{{ word.x }}",
        "{{ word.join(words) }}",
        "{{ words ~ word }}",
        "{{ [words]|join }}",
        "{{ words|string }}",
        "{{ [words]|sum(start=words) }}",
    ],
)
def test_nothing_of_the_program_can_be_reached(text: str) -> None:
    problem = fault(text, word="x", words=["a"], work=printed)
    assert problem.code in {"T002", "T003", "T004", "T005"}
    assert problem.at.line == 1


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% include 'brief.md.j2' %}",
        "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set l = range(9999)|list %}{% for a in range(9999) %}{{ l|sum }}{{ l|sort|first }}{% endfor %}",
        "{% for a in range(99999) %}{{ word.upper() }}{% endfor %}",
        "{% macro m() %}{{ caller() }}{% endmacro %}{% for a in range(99999) %}{% for b in range(99) %}{% call m() %}{% endcall %}{% endfor %}{% endfor %}",
    ],
)  # fmt: skip
def test_a_template_without_end_is_stopped(text: str) -> None:
    assert fault(text, word="x" * 1000).code == "T004"


def test_loops_in_more_loops_than_python_can_hold_are_a_located_fault() -> None:
    problem = fault("{% for a in [1] %}" * 30 + "{% endfor %}" * 30)
    assert (problem.code, problem.at.line) == ("T002", 1)


def test_templates_that_include_each_other_are_stopped() -> None:
    problem = fault("{% include 'other.md.j2' %}", others={"other.md.j2": "{% include 'brief.md.j2' %}"})
    assert problem.code == "T004"


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 1000000000 }}",
        "{{ ['x'] * 1000000000 }}",
        "{{ 10 ** 1000000000 }}",
        "{{ 1 << 1000000000 }}",
        "{{ range(1000000000)|list }}",
        "{{ '%1000000000d' % 1 }}",
        "{% for a in range(9999) %}{{ word }}{% endfor %}",
        "{% macro m(w) %}{{ m(w + w) }}{% endmacro %}{{ m(word) }}",
        "{% macro m(w) %}{{ m(w ~ w) }}{% endmacro %}{{ m(word) }}",
        "{% macro m(w) %}{{ m([w, w]|join) }}{% endmacro %}{{ m(word) }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ [1]|batch(1000000000, word)|list }}",
        "{% macro m(n) %}{{ m(n * n) }}{% endmacro %}{{ m(99) }}",
        "{% macro m(l) %}{{ m(l + l) }}{% endmacro %}{{ m([1, 2]) }}",
        "{% set x %}{% for a in range(9999) %}{{ word }}{% endfor %}{% endset %}{{ x|length }}",
        "{% set x %}{% for a in range(99999) %}" + "literal " * 1000 + "{% endfor %}{% endset %}{{ x|length }}",
        "{{ range(99999)|join(word) }}",
        "{{ word.ljust(1000000000) }}",
        "{{ word.replace('x', word) }}",
        "{{ word|center(1000000000) }}",
    ],
)
def test_nothing_huge_can_be_built_or_printed(text: str) -> None:
    assert fault(text, word="x" * 1000).code in {"T002", "T003", "T004", "T005"}


def test_as_much_as_a_long_brief_needs_may_be_printed() -> None:
    assert len(printed("{% for a in range(500) %}{{ word }}{% endfor %}", word="x" * 1000)) == 500_000 < LENGTH


@pytest.mark.parametrize(
    "text", ["{{ 1 / 0 }}", "{{ [][3] }}", "{{ 'a' + 1 }}", "{{ work() }}", "{{ ['x']|sum }}", "{{ range() }}"]
)
def test_a_mistake_at_run_time_is_told_with_its_place(text: str) -> None:
    def work() -> str:
        raise ValueError("there is no fact x")

    problem = fault(f"\n\n{text}", work=work)
    assert problem.code in {"T003", "T005"}
    assert problem.at.line == 3


@given(st.text(max_size=60))
def test_any_text_as_a_template_prints_or_is_a_located_fault(text: str) -> None:
    found = outcome(text)
    assert found is None or (found.at.file == "templates/brief.md.j2" and found.at.line >= 1)


@given(st.text(alphabet="{}%#- \n|.()[]'\"abcfor in", max_size=40))
def test_any_odd_template_prints_or_is_a_located_fault(text: str) -> None:
    found = outcome(text, a="x", b=[1, 2], c={"x": 1})
    assert found is None or found.at.line >= 1
