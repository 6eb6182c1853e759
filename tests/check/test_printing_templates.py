"""Figures that a template prints by itself: found with file, line and column; what it only reckons with is let pass."""

from __future__ import annotations

import pytest

from briefing.check.templates import check_templates


def found(source: str) -> list[str]:
    problems = check_templates({"t.md.j2": source}, {"t.md.j2": "templates/t.md.j2"}, ("G7",), frozenset({"exports-2024", "trade"}))
    return [f"{problem.at.line}:{problem.at.column} {problem.message.partition(': ')[2]}" for problem in problems]


def test_a_figure_in_a_templates_words_is_found_with_its_line() -> None:
    assert found("{{ title() }}\n\n{% if x %}\nPut 42 % in.\n{% endif %}\n") == ["4:5 '42 %'"]


def test_equal_figures_in_one_line_have_each_their_column() -> None:
    assert found("a {{ x }}\n 7 and 7 {{ y }} 7") == ["2:2 '7'", "2:8 '7'", "2:18 '7'"]
    assert found("ten billion and 7") == ["1:1 'ten billion'", "1:17 '7'"]


@pytest.mark.parametrize(
    ("source", "figures"),
    [
        ('{{ "in 2031" }}', ["1:8 '2031'"]),
        ("{{ 42 }} per cent", ["1:4 '42'"]),
        ("{{ 6 * 7 }}", ["1:4 '6'", "1:8 '7'"]),
        ('{{ "12 km" if x else 3 }}', ["1:22 '3'", "1:5 '12'"]),
        ('{{ "a" ~ 5 }}', ["1:10 '5'"]),
        ("{% set share = 42 %}{{ share }}", ["1:16 '42'"]),
        ('{{ said("forty per cent") }}', ["1:10 'forty per cent'"]),
        ('{% for x in ["3 km"] %}{{ x }}{% endfor %}', ["1:15 '3'"]),
        ("{{ 1.5|round }}", ["1:4 '1.5'"]),
        (r'{{ "a\n\nand 9" }}', ["1:14 '9'"]),
    ],
)
def test_constants_that_are_printed_are_found(source: str, figures: list[str]) -> None:
    assert sorted(found(source)) == sorted(figures)


@pytest.mark.parametrize(
    "source",
    [
        "{# 42 #}",
        "{{ rows[:8] }} {{ strip(6) }} {{ loop.index + 1 }} {{ drop(20 + loop.index, name) }}",
        '{{ fact("exports-2024")["amount-2"] }} {{ fact("exports-2024.amount") }} {{ charts("trade") }}',
        '{% if year > "2024" and n == 7 %}the G7{% endif %}',
        "{% set limit = 8 %}{{ rows[:limit] }}",
        "1. {{ x }}\n2. {{ y }}\n",
        "{{ [1, 2]|length }}{% for x in range(3) %}a{% endfor %}",
        "{% if 42 %}{{ broken ",
    ],
)
def test_what_is_not_printed_may_hold_digits(source: str) -> None:
    assert found(source) == []
