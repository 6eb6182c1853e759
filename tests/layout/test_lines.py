from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.layout.lines import Words, dress_of, one_line
from briefing.look import Style
from briefing.model import Emphasis, Inlines, LineBreak, Link, Number, Strong, Text
from briefing.placed import TextLine
from briefing.problems import MissingGlyph
from briefing.walk import plain
from tests.documents import inlines as random_inlines
from tests.layout.sample import FONTS, c, n, t

STYLE = Style("serif", 10.0, 14.0)


def broken(inlines: Inlines, room: float) -> list[TextLine]:
    words = Words(FONTS)
    words.add(inlines, dress_of(STYLE))
    return words.broken(room)


def texts(*inlines: Text | Number | Strong | Emphasis | Link | LineBreak, room: float = 68.0) -> list[str]:
    return ["".join(span.text for span in line.spans) for line in broken(inlines, room)]


def test_words_go_over_to_the_next_line_and_leave_a_space_behind() -> None:
    assert texts(t("one two three four five six")) == ["one two three ", "four five six"]


def test_a_number_is_never_parted_at_its_spaces() -> None:
    assert texts(t("about "), n("12 August 2025"), t(" or so")) == ["about ", "12 August 2025 ", "or so"]


def test_a_number_wider_than_the_line_is_parted_at_its_spaces() -> None:
    assert texts(n("USD 612 million and more than that")) == ["USD 612 ", "million and ", "more than that"]


def test_no_line_begins_with_a_source_mark() -> None:
    lines = texts(t("one two three four "), c(1, 2), t(" and"))  # type: ignore[arg-type]
    assert lines == ["one two three ", "four\u00a0[1, 2] and"]


def test_a_no_break_space_holds_words_together() -> None:
    assert texts(t("one two three\u00a0four five")) == ["one two ", "three\u00a0four five"]


def test_a_line_may_end_after_a_hyphen_between_letters_but_not_before_a_digit() -> None:
    assert texts(t("a long north-eastern coast")) == ["a long north-", "eastern coast"]
    assert texts(t("a long mid-2027 coast")) == ["a long ", "mid-2027 coast"]


def test_a_spaced_dash_stays_with_the_word_before_it() -> None:
    assert texts(t("one two three – four")) == ["one two ", "three\u00a0– four"]


def test_a_word_of_400_characters_is_cut_to_fit() -> None:
    lines = broken((t("see " + "x" * 400 + " there"),), 60.0)
    assert max(line.width for line in lines) <= 60.01
    assert "".join(span.text for line in lines for span in line.spans) == "see " + "x" * 400 + " there"


def test_an_address_is_cut_after_a_slash_where_there_is_one() -> None:
    assert texts(t("example.org/one/two/three/four")) == ["example.org/", "one/two/three/", "four"]


def test_a_line_break_of_the_author_is_kept() -> None:
    assert texts(t("one"), LineBreak(), t("two"), LineBreak()) == ["one ", "two"]


def test_words_in_other_dress_are_spans_of_their_own_and_lose_no_space() -> None:
    [line] = broken((t("a "), Strong((t("bold"),)), t(" word"), Emphasis((t("s"),))), 400.0)
    assert [span.text for span in line.spans] == ["a", " bold", " word", "s"]
    assert [span.dress.face[1:] for span in line.spans] == [(False, False), (True, False), (False, False), (False, True)]


def test_a_link_begins_with_its_first_letter_and_not_with_a_space() -> None:
    [line] = broken((t("see "), Link("#x", (t("there"),))), 400.0)
    assert [(span.text, span.dress.href) for span in line.spans] == [("see ", ""), ("there", "#x")]
    assert line.spans[1].x == pytest.approx(FONTS.width(STYLE_KEY, "see ") * 10)


STYLE_KEY = dress_of(STYLE).face


def test_each_number_of_a_source_mark_leads_to_its_source() -> None:
    [line] = broken((t("so"), c(1, 3)), 400.0)
    assert [(span.text, span.dress.href) for span in line.spans[1:]] == [
        ("[", ""), ("1", "#source-s1"), (", ", ""), ("3", "#source-s3"), ("]", ""),
    ]  # fmt: skip


def test_spans_stand_one_behind_the_other() -> None:
    for line in broken((t("one "), Strong((t("two three"),)), t(" four five "), n("6"), c(1), t(" seven eight nine")), 90.0):
        x = 0.0
        for span in line.spans:
            assert span.x == pytest.approx(x)
            x = span.x + span.width
        assert line.width == pytest.approx(x)


def test_a_missing_character_is_named() -> None:
    with pytest.raises(MissingGlyph):
        broken((t("東京"),), 100.0)


def test_a_single_line_keeps_all_its_spaces() -> None:
    assert [span.text for span in one_line("Page 1 of 2", STYLE, FONTS).spans] == ["Page 1 of 2"]


@given(random_inlines, st.floats(8.0, 400.0))
def test_no_line_is_too_wide_and_no_word_is_lost(inlines: Inlines, room: float) -> None:
    lines = broken(inlines, room)
    for line in lines:
        characters = [character for span in line.spans for character in span.text.strip()]
        assert line.width <= room + 0.1 or len(characters) == 1
    said = "".join(span.text for line in lines for span in line.spans)
    assert "".join(said.split()) == "".join(plain(inlines).split())


@given(random_inlines)
def test_the_natural_width_is_that_of_one_line_and_the_least_width_cuts_nothing(inlines: Inlines) -> None:
    words = Words(FONTS)
    words.add(inlines, dress_of(STYLE))
    least, natural = words.natural()
    forced = sum(isinstance(inline, LineBreak) for inline in inlines)
    assert len(words.broken(natural + 0.1)) <= forced + 1
    cut = [line.width for line in words.broken(least + 0.1)]
    assert max(cut, default=0.0) <= least + 0.2
