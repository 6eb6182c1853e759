"""Templates: Jinja2, sandboxed and strict, with a budget of steps, giving Markdown. They reach no file, clock or network."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from briefing.problems import Location, Problem, nearest

STEPS = 200_000  # turns of all loops and macro calls of one run together; the longest brief needs a few thousand
LENGTH = 2_000_000  # characters that one run may print, or one expression build
FILTERS = (
    "batch", "capitalize", "count", "default", "dictsort", "first", "groupby", "int", "items", "join", "last", "length", "list", "lower",
    "map", "max", "min", "reject", "rejectattr", "reverse", "round", "select", "selectattr", "sort", "string", "sum", "title", "trim",
    "unique", "upper",
)  # fmt: skip
_TEXT_METHODS = {
    "capitalize", "endswith", "find", "isdigit", "join", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "rstrip", "split",
    "startswith", "strip", "title", "upper",
}  # fmt: skip
_PRINTED = "as printed"  # a filter of our own; no template can call it, for no name has a space


class TemplateFault(Exception):
    """A template that cannot be run; `problem` has the file and line."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class OverBudgetError(jinja2.TemplateRuntimeError):
    """A template that takes more turns or prints more than any brief needs."""


class _Printed(str):
    """What a macro, a block or `{% set %}...{% endset %}` has printed: Markdown already, every value in it escaped.

    Whatever is made of it by a filter, a method or `~` is plain text again, and is escaped when printed.
    """

    __slots__ = ()


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%", "+", "<<"})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        # a turn of a loop and a call of a macro each cost a step: the one cure for templates without end
        tree = super()._parse(source, name, filename)
        for node in tree.find_all((nodes.For, nodes.Macro, nodes.CallBlock)):
            tick = nodes.Call(nodes.Name("_step", "load"), [], [], None, None)
            assert isinstance(node, (nodes.For, nodes.Macro, nodes.CallBlock))
            node.body.insert(0, nodes.ExprStmt(tick, lineno=node.lineno).set_lineno(node.lineno))
        for block in tree.find_all(nodes.AssignBlock):
            if block.filter is None:
                block.filter = nodes.Filter(None, _PRINTED, [], [], None, None)
        return tree

    def call(self, context: Any, function: Any, /, *args: Any, **named: Any) -> Any:
        value = super().call(context, function, *args, **named)
        return _Printed(value) if isinstance(function, (Macro, BlockReference)) else value

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        if operator in ("**", "<<") or (operator in ("*", "%") and not numbers):
            raise SecurityError(f"the operator {operator} is not allowed on these values")
        value = super().call_binop(context, operator, left, right)
        if isinstance(value, (str, list, tuple)) and len(value) > LENGTH:
            raise OverBudgetError("an expression builds a value without measure")
        return value

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str):
            return attr in _TEXT_METHODS
        return super().is_safe_attribute(obj, attr, value)


def run(
    templates: Mapping[str, str], places: Mapping[str, str], name: str, values: Mapping[str, Any], finalize: Callable[[Any], str]
) -> str:
    """Return what template `name` prints; `finalize` turns each printed value into text, `places` names the templates' files.

    Raises TemplateFault with the template's file and line: a syntax error, an undefined name, a missing template, something the
    sandbox forbids, a loop without end, or an exception of `finalize` of type ValueError.
    """
    if name not in templates:
        raise TemplateFault(
            Problem(Location(f"templates/{name}"), "T001", f"there is no template {name}", nearest(name, templates))
        )

    def source(wanted: str) -> tuple[str, str, Callable[[], bool]] | None:
        text = templates.get(wanted)
        return None if text is None else (text, places.get(wanted, f"templates/{wanted}"), lambda: True)

    files = [places.get(key, f"templates/{key}") for key in (name, *templates)]
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps > STEPS:
            raise OverBudgetError(f"the template takes more than {STEPS:,} steps; a loop may have no end")

    def printed(value: Any) -> str:
        if isinstance(value, jinja2.Undefined):
            str(value)  # raises UndefinedError, which names what is missing
        if value is None:
            raise jinja2.UndefinedError("there is nothing to print here (the value is empty)")
        return value if isinstance(value, _Printed) else finalize(value)

    environment = _Environment(
        loader=jinja2.FunctionLoader(source),
        undefined=jinja2.StrictUndefined,
        finalize=printed,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters = {key: environment.filters[key] for key in FILTERS} | {_PRINTED: _Printed}
    environment.globals = {"range": environment.globals["range"], "_step": step, **values}
    try:
        size, parts = 0, []
        for part in environment.get_template(name).generate():
            size += len(part)
            if size > LENGTH:
                raise OverBudgetError(f"the template prints more than {LENGTH:,} characters")
            parts.append(part)
        return "".join(parts)
    except jinja2.TemplateSyntaxError as error:
        where = Location(error.filename or files[0], error.lineno, 1)
        raise TemplateFault(Problem(where, "T002", error.message or "syntax error")) from None
    except jinja2.TemplateNotFound as error:
        hint = nearest(str(error.name), templates)
        raise TemplateFault(Problem(_place(error, files, files[0]), "T001", f"there is no template {error.name}", hint)) from None
    except jinja2.UndefinedError as error:
        raise TemplateFault(Problem(_place(error, files, files[0]), "T003", error.message or "undefined name")) from None
    except (SecurityError, OverBudgetError) as error:
        raise TemplateFault(Problem(_place(error, files, files[0]), "T004", str(error))) from None
    except RecursionError as error:
        raise TemplateFault(Problem(_place(error, files, files[0]), "T004", "templates call each other without end")) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise TemplateFault(Problem(_place(error, files, files[0]), "T005", str(error) or type(error).__name__)) from None


def _place(error: BaseException, files: Sequence[str], default: str) -> Location:
    """Return the template's line that an exception came from: Jinja rewrites tracebacks, the last template frame is the place."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename in files:
            return Location(frame.filename, frame.lineno or 1, 1)
    return Location(default, 1, 1)
