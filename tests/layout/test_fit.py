from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.layout.fit import Fitted, fit, tightened
from briefing.layout.pages import lay_out
from briefing.layout.word_height import word_height
from briefing.look import ROLES
from briefing.model import Bullets, Callout, Document, Group, Heading, Item, KeyNumbers, Paragraph
from briefing.problems import OnePageImpossible
from briefing.walk import nodes, plain, words
from briefing.word import frame
from tests.documents import documents
from tests.layout.sample import FONTS, LOOK, p, summary
from tests.layout.sample import words as inlines

FLOORS = {"body": 9.5, "bullet": 9.5, "small": 8.0, "source-entry": 8.0, "key-label": 8.0}


def points(count: int, drop: int = 1) -> tuple[Item, ...]:
    text = "patrols rise while the budget stays, so that each crew sails more days than in the year before and comes home later"
    return tuple(Item((p(f"Point {at}: {text}"),), drop, f"point {at}") for at in range(count))


def test_what_fits_is_left_as_it_is() -> None:
    tree = summary()
    fitted = fit(tree, LOOK, FONTS)
    assert (fitted.document, fitted.look, fitted.dropped, fitted.tightened) == (tree, LOOK, (), "")


def test_spacing_is_tightened_before_type_and_type_before_anything_is_dropped() -> None:
    steps = [fit(summary(points=count, drop=0), LOOK, FONTS).tightened for count in range(6, 15)]
    assert steps == sorted(steps, key=lambda step: (step.count("type"), step != "", step.count("spacing")))
    assert steps[0] == ""
    assert any("spacing" in step and "type" not in step for step in steps)
    assert any("type" in step for step in steps)


def test_the_fitted_document_is_one_page_with_room_for_the_word_processor() -> None:
    for count in (6, 12, 20, 30):
        fitted = fit(summary(points=count), LOOK, FONTS)
        assert len(lay_out(fitted.document, fitted.look, FONTS).pages) == 1
        assert lines_free_in_word(fitted) >= LOOK.fit.slack_lines


def lines_free_in_word(fitted: Fitted) -> float:
    line = fitted.look.style("body", summary=True).leading
    return -word_height(fitted.document, fitted.look, FONTS, {}) / line


def test_more_free_lines_can_be_asked_for() -> None:
    fitted = fit(summary(points=12), LOOK, FONTS, 6.0)
    assert lines_free_in_word(fitted) >= 6.0


def test_the_greater_drop_goes_first_and_of_equals_the_later() -> None:
    tree = msgspec.structs.replace(summary(drop=0), blocks=(Bullets(points(60)),))
    dropped = fit(tree, LOOK, FONTS).dropped
    assert list(dropped) == [f"point {59 - at}" for at in range(len(dropped))]
    ranked = tuple(Item(item.blocks, 60 - at, item.name) for at, item in enumerate(points(60)))
    dropped = fit(msgspec.structs.replace(tree, blocks=(Bullets(ranked),)), LOOK, FONTS).dropped
    assert list(dropped) == [f"point {at}" for at in range(len(dropped))]


def test_a_small_item_comes_back_when_a_later_drop_has_made_room() -> None:
    small = Item((p("small"),), 9, "small")
    big = Group(tuple(p("Long " * 40) for _ in range(8)), drop=3, name="big")
    keep = Bullets(points(24, drop=0))
    tree = msgspec.structs.replace(summary(), blocks=(keep, Bullets((small, Item((p("kept"),)))), big))
    fitted = fit(tree, LOOK, FONTS)
    assert fitted.dropped == ("big",)
    assert "small" in words(fitted.document)


def test_tightening_is_taken_back_as_far_as_the_drops_allow() -> None:
    big = Group(tuple(p("Long " * 40) for _ in range(40)), drop=3, name="big")
    tree = msgspec.structs.replace(summary(), blocks=(p("short"), big, Bullets(points(8, drop=0))))
    fitted = fit(tree, LOOK, FONTS)
    assert (fitted.dropped, fitted.tightened) == (("big",), "")


def test_a_list_a_box_and_a_heading_that_a_drop_leaves_empty_go_too() -> None:
    wanted = (Heading(1, inlines("Kept"), "kept"), Bullets(points(30, drop=0)[:20]))
    empty = (
        Heading(1, inlines("Gone"), "gone"),
        Bullets(points(12, drop=2)),
        Heading(2, inlines("Gone too"), "gone-2"),
        Callout("asks", inlines("Also gone"), (Bullets(points(12, drop=3)),)),
    )
    tree = msgspec.structs.replace(summary(), blocks=(*empty, *wanted))
    fitted = fit(tree, LOOK, FONTS)
    left = [plain(node.children) for node in nodes(fitted.document) if isinstance(node, Heading)]
    assert "Kept" in left
    assert not [node for node in nodes(fitted.document) if isinstance(node, Callout) and not node.blocks]
    assert not [node for node in nodes(fitted.document) if isinstance(node, Bullets) and not node.items]
    assert "Gone too" not in left


def test_a_key_number_may_go_and_the_strip_with_the_last() -> None:
    fitted = fit(summary(points=26, drop=1), LOOK, FONTS)
    assert "7 of 9" in fitted.dropped
    strips = [node for node in nodes(fitted.document) if isinstance(node, KeyNumbers)]
    assert all(strip.items for strip in strips)


def test_what_may_not_be_dropped_is_never_dropped() -> None:
    tree = msgspec.structs.replace(summary(points=40), blocks=(p("Bottom line stays", role="notice"), *summary(points=40).blocks))
    assert "Bottom line stays" in " ".join(words(fit(tree, LOOK, FONTS).document))


def test_a_summary_that_cannot_fit_says_by_how_many_lines() -> None:
    with pytest.raises(OnePageImpossible) as caught:
        fit(summary(points=60, drop=0), LOOK, FONTS)
    over = caught.value.lines_over
    with pytest.raises(OnePageImpossible) as caught:
        fit(summary(points=64, drop=0), LOOK, FONTS)
    assert over + 6 <= caught.value.lines_over <= over + 10


def test_type_never_goes_below_its_floor_and_never_grows() -> None:
    tight = tightened(LOOK, 0.1, 0.1)
    for role in ROLES:
        before, after = LOOK.style(role, summary=True), tight.style(role, summary=True)
        assert after.size <= before.size
        assert after.size >= min(before.size, FLOORS.get(role, 8.0))
        assert after.leading >= min(before.leading / before.size, 1.16) * after.size - 0.01


@given(documents(one_page=True), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_any_fitted_document_is_one_page_or_an_honest_failure(tree: Document, drop: int) -> None:
    tree = msgspec.structs.replace(tree, blocks=tuple(Group((block,), drop=drop) for block in tree.blocks))
    try:
        fitted = fit(tree, LOOK, FONTS)
    except OnePageImpossible as error:
        fitted, over = None, error.lines_over
    if fitted is None:
        assert over > 0
        assert not drop
    else:
        assert len(lay_out(fitted.document, fitted.look, FONTS).pages) == 1
        assert not fitted.dropped or set(words(fitted.document)) <= set(words(tree))


def test_fitting_twice_gives_the_same() -> None:
    assert fit(summary(points=20), LOOK, FONTS) == fit(summary(points=20), LOOK, FONTS)


def test_many_equals_are_kept_rather_than_one_long_one() -> None:
    long = Group(tuple(p("Long " * 40) for _ in range(9)), drop=3, name="long")
    short = tuple(Group((p(f"Short {at}. " + "word " * 30),), drop=3, name=f"short {at}") for at in range(4))
    keep = Bullets(points(20, drop=0))
    fitted = fit(msgspec.structs.replace(summary(), blocks=(keep, long, *short)), LOOK, FONTS)
    assert fitted.dropped == ("long",)


def test_nothing_goes_to_make_room_for_something_less_valuable() -> None:
    long = Group(tuple(p("Long " * 40) for _ in range(9)), drop=2, name="long")
    short = tuple(Group((p(f"Short {at}. " + "word " * 30),), drop=3, name=f"short {at}") for at in range(9))
    keep = Bullets(points(12, drop=0))
    dropped = fit(msgspec.structs.replace(summary(), blocks=(keep, long, *short)), LOOK, FONTS).dropped
    assert dropped
    assert "long" not in dropped


def test_what_stands_in_something_that_may_go_goes_no_later() -> None:
    inner = Bullets((Item((p("precious"),), 1, "precious"), Item((p("plain"),))))
    outer = Group((Heading(1, inlines("Section"), "section"), inner), drop=9, name="section")
    fitted = fit(msgspec.structs.replace(summary(), blocks=(Bullets(points(60, drop=5)), outer)), LOOK, FONTS)
    assert fitted.dropped[0] == "section"
    assert "precious" not in fitted.dropped


def test_what_was_left_out_says_what_it_takes_and_what_was_free() -> None:
    fitted = fit(summary(points=40), LOOK, FONTS)
    assert fitted.left_out
    for lost in fitted.left_out:
        assert lost.lines > lost.free >= 0.0
        assert lost.rank >= lost.drop > 0
    ranks = [lost.rank for lost in fitted.left_out]
    assert ranks == sorted(ranks, reverse=True)


def test_a_narrower_page_in_the_word_processor_leaves_more_out() -> None:
    wide = frame(LOOK, "A4", summary=True)
    narrow = msgspec.structs.replace(wide, margins=msgspec.structs.replace(wide.margins, left=40.0, right=40.0))
    assert len(fit(summary(points=30), LOOK, FONTS, sheet=narrow).dropped) > len(fit(summary(points=30), LOOK, FONTS).dropped)


def test_a_label_without_its_list_goes_with_it() -> None:
    blocks = (p("Watch", role="label"), Bullets(points(30, drop=5)), Paragraph(inlines("stays " * 900)))
    fitted = fit(msgspec.structs.replace(summary(), blocks=blocks), LOOK, FONTS)
    if len(fitted.dropped) == 30:
        assert "Watch" not in words(fitted.document)
