"""Templates as Jinja parses them, each text once in a run: what is checked is the very tree that is then compiled."""

from __future__ import annotations

from typing import Any

import jinja2
from jinja2 import nodes

SYNTAX: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True, "autoescape": False}
_KEPT = 100  # templates
_TREES: dict[str, nodes.Template] = {}


def look_at(source: str) -> nodes.Template:
    """Return the tree of a template, to be read and not changed. Raises TemplateSyntaxError."""
    tree = _TREES.get(source)
    if tree is None:
        if len(_TREES) >= _KEPT:
            _TREES.clear()
        tree = _TREES[source] = jinja2.Environment(**SYNTAX).parse(source)  # noqa: S701 - parsed, never run
    return tree


def take(source: str, environment: jinja2.Environment) -> nodes.Template | None:
    """Return the tree of a template that was looked at, for `environment` to change and compile; None where there is none."""
    tree = _TREES.pop(source, None)
    if tree is not None:
        tree.set_environment(environment)
    return tree
