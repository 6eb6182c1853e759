"""The curator's own judgements as an edition keeps them, beside the facts: the bottom line, and each recommendation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from briefing.compose.facts import Facts
from briefing.compose.passes import curly, slug
from briefing.seeds import Prose
from briefing.walk import plain

BOTTOM_LINE = "judgement/bottom-line"  # no fact has such an id
_STRESS = re.compile(r"(?<!\\)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}")


def judgements(facts: Facts) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the record of each judgement told on the day, in the form of a fact's, and its words as they were written."""
    whole = facts.dossier.whole
    if whole is None:
        return
    line = whole.bottom_line
    if line.text.text:
        said = {"likelihood": line.likelihood, "confidence": line.confidence}
        yield _record(BOTTOM_LINE, "Bottom line", facts, line.text, said), line.text.text.strip()
    taken: dict[str, int] = {}
    for row in whole.recommendations:
        name = f"judgement/recommendation-{slug(row.who)}"
        taken[name] = taken.get(name, 0) + 1
        name = name if taken[name] == 1 else f"{name}-{taken[name]}"
        yield _record(name, f"Recommendation to {row.who}", facts, row.what, {"by": row.by}), row.what.text.strip()


def _record(name: str, label: str, facts: Facts, prose: Prose, said: dict[str, str]) -> dict[str, Any]:
    words = " ".join(_STRESS.sub("", plain(facts.plain_prose(prose.text))).split())
    return {
        "id": name,
        "label": curly(label),
        "sentence": curly(re.sub(r"\s+(?=[.,;:)])", "", words)),
        "status": "",
        "state": "",
        "freshness": "",
        "when": "",
        "due": "",
        "figures": {key: {"words": value} for key, value in said.items() if value},
        "sources": [],
        "disputed_by": [],
        "supersedes": [],
    }
