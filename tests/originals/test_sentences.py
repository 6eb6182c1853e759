"""Two hundred sentences with a hand-made answer: what is found in them, and how much of it is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from briefing.originals.find import find

SENTENCES = [line for line in (Path(__file__).parent / "sentences.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
_MARKED = re.compile(r"\{([^}]*)\}|<([^>]*)>")


def answer(marked: str) -> tuple[str, set[tuple[str, int, str]]]:
    """Return the plain sentence and what is marked in it: kind, place, words."""
    text, items = "", set()
    position = 0
    for match in _MARKED.finditer(marked):
        text += marked[position : match.start()]
        words = match[1] if match[1] is not None else match[2]
        items.add(("figure" if match[1] is not None else "name", len(text), words))
        text += words
        position = match.end()
    return text + marked[position:], items


def found(text: str) -> set[tuple[str, int, str]]:
    return {("name" if each.kind == "name" else "figure", each.start, each.text) for each in find(text)}


def test_there_are_two_hundred_sentences_and_some_hold_nothing() -> None:
    assert len(SENTENCES) >= 200
    assert sum(not answer(line)[1] for line in SENTENCES) >= 5
    assert len(set(SENTENCES)) == len(SENTENCES)


@pytest.mark.parametrize("kind", ["figure", "name"])
def test_what_is_found_is_what_a_person_finds(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    wanted, got = set(), set()
    for number, line in enumerate(SENTENCES):
        text, items = answer(line)
        wanted |= {(number, *item) for item in items if item[0] == kind}
        got |= {(number, *item) for item in found(text) if item[0] == kind}
    precision, recall = len(wanted & got) / len(got), len(wanted & got) / len(wanted)
    with capsys.disabled():
        print(f"\n{kind}s: precision {precision:.3f}, recall {recall:.3f} over {len(wanted)} in {len(SENTENCES)} sentences")
    wrong = "\n".join(
        f"{item[0] + 1} {sign} {item[3]}"
        for sign, items in (("missed", wanted - got), ("wrong", got - wanted))
        for item in sorted(items)
    )
    assert min(precision, recall) > 0.95, wrong
