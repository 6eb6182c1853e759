"""The most valuable things that fit a page: a search over what may be left out.

Things have ranks, the smaller the more valuable. One choice is better than another where it keeps more things of the smallest rank;
where it keeps as many, more of the next rank, and so on; and of choices that keep as many of each, the one with the earlier things.
So nothing goes to make room for something of a greater rank, and among equals the many go before the long. Ranks are an order and
no amounts: adding them up would weigh what no author has weighed.

Heights nearly add up, but not quite: a heading goes with the last item below it, a table's columns follow its rows, a number more
may begin a row. So every choice is measured as a whole. What a thing adds to the full document is the least that it ever adds, or
near it; with that the search knows which choices cannot be better than the best one found, and leaves them out. Most pages are
decided after a few measurings; a limit keeps the others short. The same arguments give the same choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

Choice: TypeAlias = frozenset[int]  # what is kept, by its place in the order of value

_BEYOND = 60  # things looked at beyond the first one that the page has no more room for
_ENOUGH = 600  # choices measured before the best one found so far has to do
_NOTHING = 0.01  # points


class Search:
    """Looks for the best choice of things 0, 1, ...: of `ranks` that do not fall, each within the things of `parents`.

    `over` tells by how much a choice is too high for the page: at most 0.0 where it fits.
    """

    def __init__(self, ranks: Sequence[int], parents: Sequence[Sequence[int]], over: Callable[[Choice], float]) -> None:
        self._ranks, self._parents, self._over = ranks, parents, over
        self._levels = sorted(set(ranks))
        self._known: dict[Choice, float] = {}
        self._things = len(ranks)
        self._adds: list[float] = []

    def best(self) -> Choice | None:
        """Return the best choice that fits; None where not even the empty one does."""
        everything = frozenset(range(self._things))
        if self.over(everything) <= 0.0:
            return everything
        if self.over(frozenset()) > 0.0:
            return None
        self._things = min(self._things, self._reach() + _BEYOND)
        self._adds = self._least()
        return self._walked(self._filled())

    def over(self, choice: Choice) -> float:
        """Return by how much a choice is too high, measured once."""
        if choice not in self._known:
            self._known[choice] = self._over(choice)
        return self._known[choice]

    def _reach(self) -> int:
        """Return how many things, the most valuable first, fit together."""
        low, high = 0, self._things
        while high - low > 1:
            middle = (low + high) // 2
            if self.over(frozenset(range(middle))) <= 0.0:
                low = middle
            else:
                high = middle
        return low

    def _least(self) -> list[float]:
        """Return what each thing, without what stands in it, adds to a page that has all the others."""
        everything = frozenset(range(self._things))
        adds = []
        for thing in range(self._things):
            bare = everything - {other for other in everything if thing in self._parents[other]}
            adds.append(max(0.0, self.over(bare) - self.over(bare - {thing})))
        return adds

    def _filled(self) -> Choice:
        """Return a good choice: rank after rank, of each rank what adds least first."""
        kept: Choice = frozenset()
        for thing in sorted(range(self._things), key=lambda each: (self._ranks[each], self._adds[each], each)):
            grown = kept | {thing}
            if kept.issuperset(self._parents[thing]) and self.over(grown) <= 0.0:
                kept = grown
        return kept

    def _value(self, choice: Choice) -> tuple[int, ...]:
        counts = dict.fromkeys(self._levels, 0)
        for thing in choice:
            counts[self._ranks[thing]] += 1
        return tuple(counts.values())

    def _bound(self, at: int, kept: Choice) -> tuple[int, ...]:
        """Return a value that no choice exceeds which holds `kept` and else only things from `at` on."""
        free = _NOTHING - self.over(kept)
        counts = list(self._value(kept))
        for place, level in enumerate(self._levels):
            for adds in sorted(self._adds[thing] for thing in range(at, self._things) if self._ranks[thing] == level):
                if adds > free:
                    break
                free -= adds
                counts[place] += 1
        return tuple(counts)

    def _walked(self, best: Choice) -> Choice:
        """Return the best choice of all: those with the more valuable things come first, those that cannot be better are left out."""
        target, found = self._value(best), False
        stack: list[tuple[int, Choice]] = [(0, frozenset())]
        last = len(self._known) + _ENOUGH
        while stack and len(self._known) < last:
            at, kept = stack.pop()
            bound = self._bound(at, kept)
            if bound < target or (found and bound == target):
                continue
            if at == self._things:
                best, target, found = kept, bound, True
                continue
            stack.append((at + 1, kept))
            if kept.issuperset(self._parents[at]) and self.over(kept | {at}) <= 0.0:
                stack.append((at + 1, kept | {at}))
        return best
