"""No figure without a fact in templates: their words, and the constants that they print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from briefing.check.figures import bare, without_item_numbers
from briefing.problems import Location, Problem

if TYPE_CHECKING:
    from jinja2 import nodes

_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_HINT = "print a fact's figure: {{ fact('id')['figure'] }}; a name such as G7 is declared under names in the dossier"


def check_templates(
    templates: Mapping[str, str], places: Mapping[str, str], names: tuple[str, ...], ids: frozenset[str]
) -> Iterator[Problem]:
    """Yield a problem for each figure that a template prints by itself, in its words or as a constant.

    `places` names the templates' files; `names` and `ids` (of facts, themes, charts ...) may hold digits. A template that cannot be
    read is left to composing, which tells what is wrong with it.
    """
    if not templates:
        return
    import jinja2

    from briefing.parsed import look_at

    for name, source in sorted(templates.items()):
        try:
            tree = look_at(source)
        except jinja2.TemplateError:
            continue
        file, last = places.get(name, f"templates/{name}"), 0
        lines = {False: _CODE.sub(_blank, source).split("\n"), True: source.split("\n")}
        after: dict[int, int] = {}  # in a line of words, where to look for the next figure; constants come in no order
        for line, words, constant in _printed(tree):
            text = words
            if not constant:
                text, last = without_item_numbers(words, last)
            elif text in ids or text.partition(".")[0] in ids:
                continue
            for figure in sorted(bare(text, names, markup=True), key=lambda each: each.start):
                row = line if constant else line + text.count("\n", 0, figure.start)
                found = re.compile(rf"(?<![\w.]){re.escape(figure.token)}" if constant else re.escape(figure.token))
                at = found.search(lines[constant][row - 1], 0 if constant else after.get(row, 0))
                if at and not constant:
                    after[row] = at.end()
                kind = "a number in words" if figure.written else "a figure"
                place = Location(file, row, at.start() + 1 if at else 1)
                yield Problem(place, "N003", f"the template prints {kind}: {figure.text!r}", _HINT)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _printed(tree: nodes.Template) -> Iterator[tuple[int, str, bool]]:
    """Yield line, text and whether it is a constant of all that a template may print.

    A text may come to be printed from anywhere (a variable, a macro's argument, a list); a number only where it is printed as it
    stands or by way of a variable: elsewhere it counts items or orders them.
    """
    from jinja2 import nodes

    names: set[str] = set()
    assigned: list[nodes.Assign] = []
    beside: set[int] = set()  # constants that are compared or looked up, not printed
    for node in tree.find_all((nodes.TemplateData, nodes.Const, nodes.Output, nodes.Assign, nodes.Compare, nodes.Getitem)):
        match node:
            case nodes.Compare():
                beside |= {id(constant) for constant in node.find_all(nodes.Const)}
            case nodes.Getitem(arg=nodes.Const()):
                beside.add(id(node.arg))
            case nodes.TemplateData():
                yield node.lineno, node.data, False
            case nodes.Const(value=str()) if id(node) not in beside:
                yield node.lineno, node.value, True
            case nodes.Output():
                parts = [part for part in node.nodes if not isinstance(part, nodes.TemplateData)]
                names |= {name.name for part in parts for name in _operands(part, nodes.Name)}
                yield from _numbers(parts)
            case nodes.Assign():
                assigned.append(node)
    for assign in assigned:
        if isinstance(assign.target, nodes.Name) and assign.target.name in names:
            yield from _numbers([assign.node])


def _numbers(expressions: Sequence[nodes.Node]) -> Iterator[tuple[int, str, bool]]:
    from jinja2 import nodes

    for expression in expressions:
        for constant in _operands(expression, nodes.Const):
            if isinstance(constant.value, (int, float)) and not isinstance(constant.value, bool):
                yield constant.lineno, str(constant.value), True


def _operands(node: Any, kind: type[nodes.Node]) -> Iterator[Any]:
    """Yield the parts of an expression that are printed where it is, of one kind: not what it compares, calls or counts with."""
    from jinja2 import nodes

    match node:
        case nodes.Name() | nodes.Const():
            if isinstance(node, kind):
                yield node
        case nodes.CondExpr():
            yield from _operands(node.expr1, kind)
            yield from _operands(node.expr2, kind)
        case nodes.Concat():
            for each in node.nodes:
                yield from _operands(each, kind)
        case nodes.Or() | nodes.And():
            yield from _operands(node.left, kind)
            yield from _operands(node.right, kind)
        case nodes.Filter():
            yield from _operands(node.node, kind)
        case nodes.BinExpr() | nodes.UnaryExpr():
            if not list(node.find_all((nodes.Name, nodes.Call))):  # 6 * 7, and not loop.index + 1
                yield from node.find_all(kind)
