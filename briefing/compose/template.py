"""Templates: Jinja2, sandboxed and strict, with a budget of steps, giving Markdown. They reach no file, clock or network."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence, Sized
from contextlib import suppress
from functools import wraps
from types import CodeType
from typing import Any, ClassVar

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from briefing.parsed import SYNTAX, take
from briefing.problems import Location, Problem, nearest

STEPS = 200_000  # turns of loops, calls of macros and work of filters in one run together; the longest brief needs a few thousand
LENGTH = 2_000_000  # characters that one run may print, or one expression build
_ITEMS = 20_000  # entries of a list that one expression may build
_HUGE = 10**18
_COMPILED_KEPT = 100  # templates
FILTERS = (
    "batch", "capitalize", "count", "default", "dictsort", "first", "groupby", "int", "items", "join", "last", "length", "list", "lower",
    "map", "max", "min", "reject", "rejectattr", "reverse", "round", "select", "selectattr", "sort", "string", "sum", "title", "trim",
    "unique", "upper",
)  # fmt: skip
_TEXT_METHODS = {
    "capitalize", "endswith", "find", "isdigit", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "rstrip", "split",
    "startswith", "strip", "title", "upper",
}  # fmt: skip
_PRINTED = "as printed"  # a filter of our own; no template calls it, for no name has a space


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


class _Budget:
    """What is left of the steps and the characters that one run may take: the one cure for templates without end."""

    def __init__(self) -> None:
        self._steps, self._characters = STEPS, 4 * LENGTH  # what macros print is printed once more by who calls them

    def step(self, cost: int = 1) -> None:
        self._steps -= cost
        if self._steps < 0:
            raise OverBudgetError(f"the template takes more than {STEPS:,} steps; a loop may have no end")

    def work(self, *values: Any) -> None:
        """Take the steps that a filter or a method costs: more for long values and for large numbers."""
        lengths = (abs(value) if isinstance(value, int) else len(value) if isinstance(value, Sized) else 0 for value in values)
        self.step(1 + sum(lengths) // 20)

    def printed(self, text: str) -> str:
        self._characters -= len(text)
        if self._characters < 0:
            raise OverBudgetError(f"the template prints more than {LENGTH:,} characters")
        return text

    def range(self, *bounds: int) -> range:
        found = range(*bounds)
        self.step(len(found))
        return found

    def filter(self, name: str, filter_: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter that pays for its work."""
        first = 1 if hasattr(filter_, "jinja_pass_arg") else 0  # some are given the environment before the value

        @wraps(filter_)
        def paid(*args: Any, **named: Any) -> Any:
            others = (*args[first + 1 :], *named.values())
            self.work(args[first], *others)
            if name == "sum" and any(isinstance(each, (list, tuple)) for each in others):
                raise SecurityError("only numbers can be summed up")
            return filter_(*args, **named)

        return paid


def joined(values: Iterable[Any], separator: Any = "") -> str:
    """Return texts and numbers as one text: what `~` and the filter `join` do."""
    words = [string(value) for value in values]
    between = string(separator)
    if sum(map(len, words)) + len(between) * len(words) > LENGTH:
        raise OverBudgetError("an expression builds a text without measure")
    return between.join(words)


def string(value: Any) -> str:
    """Return a text or a number as text. Raises TypeError for anything else, whose words no reader should see."""
    if isinstance(value, jinja2.Undefined):
        return str(value)  # raises UndefinedError, which names what is missing
    if not isinstance(value, (str, int, float)):
        raise TypeError(f"a {type(value).__name__} cannot be joined to text; join its parts")
    return str(value)


class _Generator(CodeGenerator):
    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802  Jinja's name
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


def _charge(node: nodes.Node) -> int:
    """Have each body of a template pay a step, more where it prints much, and mark what blocks of `set` print.

    Returns how many characters of plain text there are below.
    """
    if isinstance(node, nodes.TemplateData):
        return len(node.data)
    size = sum(map(_charge, node.iter_child_nodes()))
    if isinstance(node, (nodes.Template, nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block)):
        tick = nodes.Call(nodes.Name("_step", "load"), [nodes.Const(1 + size // 100)], [], None, None)
        node.body.insert(0, nodes.ExprStmt(tick).set_lineno(node.lineno))
    elif isinstance(node, nodes.AssignBlock) and node.filter is None:
        node.filter = nodes.Filter(None, _PRINTED, [], [], None, None)
    return size


class _Loader(jinja2.BaseLoader):
    """Gives templates by name; what a text was compiled to is kept for as long as the process runs."""

    _compiled: ClassVar[dict[tuple[str, str, str], CodeType]] = {}

    def __init__(self, templates: Mapping[str, str], places: Mapping[str, str]) -> None:
        self.templates, self.places = templates, places

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  Jinja's name
    ) -> jinja2.Template:
        if name not in self.templates:
            raise jinja2.TemplateNotFound(name)
        key = (name, self.places.get(name, f"templates/{name}"), self.templates[name])
        if key not in self._compiled:
            if len(self._compiled) >= _COMPILED_KEPT:
                self._compiled.clear()
            self._compiled[key] = environment.compile(self.templates[name], name, key[1])
        return environment.template_class.from_code(environment, self._compiled[key], globals or {}, lambda: True)


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%", "+", "<<"})
    code_generator_class = _Generator
    joined = staticmethod(joined)
    budget: _Budget

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = take(source, self) or super()._parse(source, name, filename)
        _charge(tree)
        return tree

    def call(self, context: Any, function: Any, /, *args: Any, **named: Any) -> Any:
        owner = getattr(function, "__self__", None)
        if isinstance(owner, str):
            self.budget.work(owner, *args)
        value = super().call(context, function, *args, **named)
        return _Printed(value) if isinstance(function, (Macro, BlockReference)) else value

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        if operator in ("**", "<<") or (operator in ("*", "%") and not numbers):
            raise SecurityError(f"the operator {operator} is not allowed on these values")
        value = super().call_binop(context, operator, left, right)
        measure = len(value) if isinstance(value, (str, list, tuple)) else 0
        if measure > (LENGTH if isinstance(value, str) else _ITEMS) or (isinstance(value, (int, float)) and abs(value) > _HUGE):
            raise OverBudgetError("an expression builds a value without measure")
        return value

    def wrap_str_format(self, value: Any) -> None:
        """Leave `format` of texts to `is_safe_attribute`, which knows it not: a width could be any number."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str):
            return attr in _TEXT_METHODS
        return super().is_safe_attribute(obj, attr, value)


def _environment(
    templates: Mapping[str, str], places: Mapping[str, str], finalize: Callable[[Any], str], budget: _Budget
) -> _Environment:
    environment = _Environment(
        loader=_Loader(templates, places),
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        optimized=False,  # a template runs once: folding its constants costs more than it saves
        **SYNTAX,
    )
    environment.budget = budget
    chosen = {key: environment.filters[key] for key in FILTERS} | {"join": joined, "string": string, _PRINTED: _Printed}
    environment.filters = {key: budget.filter(key, each) for key, each in chosen.items()}
    return environment


def compile_ahead(templates: Mapping[str, str], places: Mapping[str, str], name: str) -> None:
    """Compile a template that is likely to be run; what is wrong with it is found when it is."""

    def finalize(_: Any) -> str:
        raise nodes.Impossible  # what constants print as is not known yet

    with suppress(jinja2.TemplateError, RecursionError):
        _environment(templates, places, finalize, _Budget()).get_template(name)


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

    files = [places.get(key, f"templates/{key}") for key in (name, *templates)]
    budget = _Budget()

    def printed(value: Any) -> str:
        if isinstance(value, jinja2.Undefined):
            str(value)  # raises UndefinedError, which names what is missing
        if value is None:
            raise jinja2.UndefinedError("there is nothing to print here (the value is empty)")
        return budget.printed(value if isinstance(value, _Printed) else finalize(value))

    environment = _environment(templates, places, printed, budget)
    environment.globals = {"range": budget.range, "_step": budget.step, **values}
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
    except SyntaxError as error:  # of the Python that Jinja makes: loops more than twenty deep
        raise TemplateFault(Problem(Location(files[0], 1, 1), "T002", str(error.msg))) from None
    except jinja2.TemplateRuntimeError as error:
        raise TemplateFault(Problem(_place(error, files, files[0]), "T005", str(error))) from None
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
