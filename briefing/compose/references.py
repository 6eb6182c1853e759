"""Which facts a piece of prose names, and which a computed figure needs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from briefing.seeds import Fact

REFERENCE = re.compile(r"\{([a-z0-9-]+)(?:\.([a-z0-9-]+))?\}")


def names_in(text: str) -> Iterable[str]:
    """Return the ids of the facts that a piece of prose names."""
    return (match[1] for match in REFERENCE.finditer(text.replace("{{", "").replace("}}", "")))


def inputs(fact: Fact) -> dict[str, None]:
    """Return the ids of the facts that a fact's figures are computed from."""
    return {reference.partition(".")[0]: None for derived in fact.derived.values() for reference in derived.of}
