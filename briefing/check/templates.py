"""No figure without a fact in templates: their words, and the constants that they print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from briefing.check.figures import bare
from briefing.problems import Location, Problem

if TYPE_CHECKING:
    from jinja2 import nodes

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

    environment = jinja2.Environment(autoescape=False)  # noqa: S701 - parsed, never run
    for name, source in sorted(templates.items()):
        try:
            tree = environment.parse(source)
        except jinja2.TemplateError:
            continue
        file, lines = places.get(name, f"templates/{name}"), source.split("\n")
        for line, text, constant in _printed(tree):
            if constant and (text in ids or text.partition(".")[0] in ids):
                continue
            for figure in bare(text, names, markup=True):
                row = line + text.count("\n", 0, figure.start)
                nth = text.count(figure.token, text.rfind("\n", 0, figure.start) + 1, figure.start)
                column = _column(lines[row - 1] if row <= len(lines) else "", figure.token, 0 if constant else nth)
                kind = "a number in words" if figure.written else "a figure"
                yield Problem(Location(file, row, column), "N004", f"the template prints {kind}: {figure.text!r}", _HINT)


def _column(line: str, token: str, nth: int) -> int:
    """Return the column of the `nth` occurrence of `token` in a line, or of the first, or 1."""
    start = line.find(token)
    for _ in range(nth):
        start = line.find(token, start + 1)
    return max(start, line.find(token), 0) + 1


def _printed(tree: nodes.Template) -> Iterator[tuple[int, str, bool]]:
    """Yield line, text and whether it is a constant of all that a template may print.

    A text may come to be printed from anywhere (a variable, a macro's argument, a list); a number only where it is printed as it
    stands or by way of a variable: elsewhere it counts items or orders them.
    """
    from jinja2 import nodes

    names: set[str] = set()
    assigned: list[nodes.Assign] = []
    for node in tree.find_all((nodes.TemplateData, nodes.Const, nodes.Output, nodes.Assign)):
        match node:
            case nodes.TemplateData():
                yield node.lineno, node.data, False
            case nodes.Const(value=str()):
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


def _numbers(expressions: list[nodes.Expr]) -> Iterator[tuple[int, str, bool]]:
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

