"""A dossier's look is laid over the built-in one, field by field."""

from __future__ import annotations

import pytest

from briefing.load.files import Files, builtin
from briefing.load.look import read_look
from briefing.look import Look
from briefing.problems import Problem

FONTS = tuple(sorted(path.name for path in (builtin() / "fonts").glob("*.ttf")))
STANDARD = (builtin() / "look.yaml").read_bytes()


def look(text: str) -> tuple[Look | None, list[Problem]]:
    problems: list[Problem] = []
    return read_look(Files({}, {}, {}, {}, text.encode(), STANDARD, FONTS, ""), problems), problems


def test_the_built_in_look_is_whole_and_without_fault() -> None:
    made, problems = look("")
    assert made is not None
    assert problems == []


def test_one_field_of_one_style_may_be_changed_alone() -> None:
    standard, _ = look("")
    made, problems = look("colours: {accent: '#225522'}\nstyles:\n  title: {size: 30, leading: 34}\n")
    assert problems == []
    assert made is not None
    assert standard is not None
    assert made.colours == {**standard.colours, "accent": "#225522"}
    assert (made.style("title").size, made.style("title").bold) == (30.0, standard.style("title").bold)
    assert made.style("body") == standard.style("body")


def test_a_colour_of_ones_own_may_be_named_by_a_style() -> None:
    made, problems = look("colours: {leaf: '#225522'}\nstyles:\n  title: {colour: leaf}\n")
    assert problems == []
    assert made is not None
    assert made.colour(made.style("title").colour) == "#225522"


def test_a_problem_stands_where_the_dossiers_own_file_has_it() -> None:
    made, problems = look("page: Letter\nstyles:\n  body: {colour: accnt}\n")
    assert made is None
    assert [(str(p.at), p.code, p.hint) for p in problems] == [("templates/look.yaml:3:9", "L004", "did you mean accent?")]


@pytest.mark.parametrize(
    "text", ["fit: {spacing: []}", "margins: {left: -1}", "styles: {body: {before: 100}}", "serif: {bold: none.ttf}"]
)
def test_what_cannot_be_drawn_is_a_problem(text: str) -> None:
    made, problems = look(text)
    assert made is None
    assert len(problems) == 1
