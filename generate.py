"""The command line: which command stands where. A command's module is imported when it is run, so one does not pay for the others."""

from __future__ import annotations

import gc
from collections import UserDict
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from briefing.commands.options import PLAIN

COMMANDS = {  # in the order of `--help`: name -> module of briefing.commands, and what there is the command
    "brief": "documents:brief",
    "summary": "documents:summary",
    "list": "dossier:list_",
    "check": "dossier:check",
    "coverage": "dossier:coverage",
    "explain": "dossier:explain",
    "new": "dossier:new",
    "schema": "dossier:schema",
    "issue": "editions:issue",
    "release": "editions:release",
    "withdraw": "editions:withdraw",
    "editions": "editions:editions",
    "changes": "editions:changes",
    "verify": "editions:verify",
    "due": "schedule:due",
    "schedule": "schedule:schedule",
    "deliver": "delivery:deliver",
    "deliveries": "delivery:deliveries",
    "recall": "delivery:recall",
    "publish": "publishing:publish",
    "whose": "copies:whose",
}


class _Commands(UserDict[str, Any]):
    """The commands by name, each made ready when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        module, attribute = self.data[name].split(":")
        command = getattr(import_module(f"briefing.commands.{module}"), attribute)
        if isinstance(command, typer.Typer):
            return get_command(command)
        alone = typer.Typer(**PLAIN)
        alone.command(name)(command)
        return get_command(alone)


class _Group(TyperGroup):
    """A group whose commands are imported on use."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands(COMMANDS)


app = typer.Typer(name="generate", cls=_Group, no_args_is_help=True, **PLAIN)


@app.callback()
def generate() -> None:
    """Policy briefs and one-page summaries from a dossier of curated facts, as PDF, DOCX, HTML and text."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(100_000)  # a run is short and its records have no cycles: a twentieth of its time
    app()


if __name__ == "__main__":
    main()
