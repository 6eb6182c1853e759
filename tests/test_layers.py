"""The layers hold: stages know the data and not each other, nothing goes round in circles, the map is true, start-up stays light."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {
    "reportlab",
    "docx",
    "lxml",
    "jinja2",
    "markdown_it",
    "mdit_py_plugins",
    "yaml",
    "rich",
    "pydantic",
    "PIL",
}  # Typer: all commands run it
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted([ROOT / "generate.py", *(ROOT / "briefing").rglob("*.py")])
}
COMMANDS = {name for name in MODULES if name.startswith("briefing.commands.")}  # the command line, a part for each module
ORDERING = {
    "briefing.pipeline",
    "briefing.inquiry",
    "briefing.issuing",
    "briefing.variants",
    "briefing.hidden",
    "briefing.copying",
    "briefing.delivering",
    "briefing.going",
    "briefing.delivered",
    "briefing.postings",
    "briefing.dispatch",
    "briefing.clustered",
    "briefing.recalling",
    "briefing.publishing",
    "briefing.scheduling",
    "briefing.daemon",
    "briefing.regular",
}  # who knows the order of the stages
STAGES = sorted({path.parent.name for path in (ROOT / "briefing").glob("*/__init__.py")} - {"commands"})


def statements(body: list[ast.stmt], *, functions: bool) -> Iterator[ast.stmt]:
    """Yield the statements of a module, those within blocks too; those of functions if asked for, never those for the type checker."""
    for statement in body:
        yield statement
        typing_only = isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test)
        if typing_only or (isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and not functions):
            continue
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            for child in getattr(statement, field, []):
                yield from statements([child] if isinstance(child, ast.stmt) else child.body, functions=functions)


def imports(name: str, *, functions: bool = True) -> set[str]:
    """Return the modules that a module of ours imports, as absolute names; for ours, the module and not the name within it."""
    found = set()
    for statement in statements(ast.parse(MODULES[name].read_text(encoding="utf-8")).body, functions=functions):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            assert not statement.level, f"{name}: imports are absolute"
            inner = {f"{statement.module}.{alias.name}" for alias in statement.names}
            found |= inner & MODULES.keys() or {statement.module or ""}
    return found - {name}


def stage_of(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "briefing" and parts[1] in STAGES else ""


@pytest.mark.parametrize("name", MODULES)
def test_a_stage_knows_the_data_and_only_the_pipeline_knows_the_stages(name: str) -> None:
    foreign = {other for other in imports(name) if stage_of(other) not in {"", stage_of(name)}}
    assert not foreign or name in ORDERING, f"{name} imports {sorted(foreign)}"
    assert not imports(name) & ORDERING or name in {*COMMANDS, *ORDERING}, f"{name} imports the pipeline"


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {name: imports(name) & MODULES.keys() for name in MODULES}
    while leaves := {name for name, others in graph.items() if not others & graph.keys()}:
        for name in leaves:
            del graph[name]
    assert not graph, f"in or above a circle: {sorted(graph)}"


@pytest.mark.parametrize("face", ["generate", "briefing", *sorted(COMMANDS)])
def test_nothing_heavy_is_imported_at_start(face: str) -> None:
    seen, todo = set(), {face}
    while todo:
        seen |= todo
        todo = {other for name in todo if name in MODULES for other in imports(name, functions=False)} - seen
    assert not {name.split(".")[0] for name in seen} & HEAVY


def test_the_map_names_every_module_and_no_other() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"^(\S+\.py) +\S", text, re.MULTILINE)
    faces = {path for path in MODULES.values() if path.name == "__init__.py" and not path.read_bytes().strip()}
    assert sorted(named) == sorted(path.relative_to(ROOT).as_posix() for path in MODULES.values() if path not in faces)
