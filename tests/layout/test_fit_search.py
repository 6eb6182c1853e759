from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.layout.fit_search import Choice, Search


def value(choice: Choice, ranks: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What makes a choice better: more of the smaller ranks; of as many of each, the earlier ones."""
    counts = tuple(sum(ranks[thing] == rank for thing in choice) for rank in sorted(set(ranks)))
    return counts, tuple(-thing for thing in sorted(choice))


def brute_force(ranks: Sequence[int], parents: Sequence[Sequence[int]], over: Callable[[Choice], float]) -> Choice | None:
    every = chain.from_iterable(combinations(range(len(ranks)), count) for count in range(len(ranks) + 1))
    whole = (frozenset(each) for each in every if all(set(parents[thing]) <= set(each) for thing in each))
    fitting = [each for each in whole if over(each) <= 0.0]
    return max(fitting, key=lambda each: value(each, ranks), default=None)


sizes = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 30)), min_size=1, max_size=9).map(sorted)


@settings(max_examples=200, deadline=None)
@given(sizes, st.integers(0, 120))
def test_the_choice_is_the_best_of_all_where_heights_add_up(things: list[tuple[int, int]], room: int) -> None:
    ranks, heights = [rank for rank, _ in things], [height for _, height in things]

    def over(choice: Choice) -> float:
        return sum(heights[thing] for thing in choice) - room

    parents: list[list[int]] = [[] for _ in ranks]
    assert Search(ranks, parents, over).best() == brute_force(ranks, parents, over)


@settings(max_examples=200, deadline=None)
@given(sizes, st.integers(0, 120), st.lists(st.integers(0, 2), min_size=9, max_size=9), st.integers(0, 25))
def test_the_choice_is_the_best_of_all_where_things_share_a_heading(
    things: list[tuple[int, int]], room: int, section: list[int], heading: int
) -> None:
    ranks, heights = [rank for rank, _ in things], [height for _, height in things]

    def over(choice: Choice) -> float:
        return sum(heights[thing] for thing in choice) + heading * len({section[thing] for thing in choice}) - room

    parents: list[list[int]] = [[] for _ in ranks]
    assert Search(ranks, parents, over).best() == brute_force(ranks, parents, over)


@settings(max_examples=200, deadline=None)
@given(sizes, st.integers(0, 120), st.lists(st.integers(-4, 8), min_size=9, max_size=9))
def test_the_choice_is_the_best_of_all_where_things_stand_in_others(
    things: list[tuple[int, int]], room: int, outer: list[int]
) -> None:
    ranks, heights = [rank for rank, _ in things], [height for _, height in things]
    parents: list[list[int]] = []
    for thing in range(len(things)):
        inside = outer[thing] if 0 <= outer[thing] < thing else None
        parents.append([] if inside is None else [inside, *parents[inside]])

    def over(choice: Choice) -> float:
        return sum(heights[thing] for thing in choice) - room

    assert Search(ranks, parents, over).best() == brute_force(ranks, parents, over)


def test_nothing_is_chosen_where_even_the_rest_is_too_high() -> None:
    assert Search([1, 2], [[], []], lambda choice: 5.0 + len(choice)).best() is None


def test_the_many_go_before_the_long_among_equals_and_never_before_the_more_valuable() -> None:
    def search(ranks: list[int], heights: list[int], room: int) -> Choice | None:
        return Search(ranks, [[] for _ in ranks], lambda choice: sum(heights[each] for each in choice) - room).best()

    assert search([1, 1, 1], [10, 6, 4], 10) == frozenset({1, 2})
    assert search([1, 2, 2], [10, 6, 4], 10) == frozenset({0})


def test_a_thousand_things_are_chosen_from_with_few_measurings() -> None:
    asked: list[Choice] = []

    def over(choice: Choice) -> float:
        asked.append(choice)
        return sum(3.0 + each % 7 for each in choice) - 300.0

    best = Search([1 + each // 3 for each in range(1000)], [[] for _ in range(1000)], over).best()
    assert best
    assert over(best) <= 0.0
    assert len(asked) < 1200


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=30, max_size=60), st.integers(50, 300))
def test_the_work_is_bounded_however_the_heights_fall(heights: list[int], room: int) -> None:
    asked = 0

    def over(choice: Choice) -> float:
        nonlocal asked
        asked += 1
        return sum(heights[each] * (1.0 + 0.3 * ((each * 7 + len(choice)) % 3)) for each in choice) - room

    best = Search([1] * len(heights), [[] for _ in heights], over).best()
    assert best is None or over(best) <= 0.0
    assert asked < 1200
