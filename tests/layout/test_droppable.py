from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.layout.droppable import droppables, is_left, without
from briefing.model import Bullets, Callout, Document, Group, Heading, Item
from briefing.walk import words
from tests.layout.sample import p, summary
from tests.layout.sample import words as inlines
from tests.summaries import summaries


def of(*blocks: object) -> Document:
    return msgspec.structs.replace(summary(), blocks=tuple(blocks))


def test_the_most_valuable_come_first_and_of_equals_the_earlier() -> None:
    tree = of(Bullets((Item((p("a"),), 3, "a"), Item((p("b"),), 1, "b"), Item((p("c"),), 3, "c"), Item((p("d"),)))))
    assert [each.name for each in droppables(tree)] == ["b", "a", "c"]


def test_what_stands_in_something_has_no_better_rank_than_that() -> None:
    tree = of(Group((Bullets((Item((p("a"),), 1, "a"), Item((p("b"),), 8, "b"))),), drop=5, name="g"))
    assert [(each.name, each.drop, each.rank) for each in droppables(tree)] == [("g", 5, 5), ("a", 1, 5), ("b", 8, 8)]


def test_a_section_goes_with_the_last_of_what_it_holds() -> None:
    tree = of(
        Group((Heading(1, inlines("Watch"), "w"), Callout("watch", (), (Bullets((Item((p("a"),), 1, "a"),)),))), drop=2, name="g")
    )
    group, item = droppables(tree)
    assert is_left(tree, group.path, [])
    assert not is_left(tree, group.path, [item.path])
    assert without(tree, [item.path]).blocks == ()


@settings(max_examples=60, deadline=None)
@given(summaries(), st.data())
def test_what_is_left_are_words_of_the_document_in_their_order(tree: Document, data: st.DataObject) -> None:
    every = droppables(tree)
    gone = [each.path for each in every if data.draw(st.booleans())]
    rest = iter(words(tree))
    assert all(word in rest for word in words(without(tree, gone)) if not word.rstrip(".").isdigit())
