"""The documentation names every command and every option, and none that is not there."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.main import get_command

from generate import COMMANDS, app

PAGE = (Path(__file__).resolve().parents[1] / "docs/command-line.md").read_text("utf-8")


@cache
def commands() -> dict[str, Any]:
    """Return every command by its words: "brief", "schedule list"."""
    assert isinstance(app, Typer)
    group: Any = get_command(app)
    found: dict[str, Any] = {}
    for name in COMMANDS:
        command = group.commands[name]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {word}": each for word, each in inner.items()} if inner else {name: command}
    return found


def options(command: Any) -> set[str]:
    return {word for each in command.params for word in each.opts if word.startswith("--")} - {"--help"}


def documented() -> dict[str, set[str]]:
    """Return the options by command that the table of options lists."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in re.findall(r"^\| `(.+?)` \| (.+?) \| .+ \|$", PAGE, re.MULTILINE):
        option = re.search(r"--[a-z-]+", row[0])
        assert option, row
        text, _, without = row[1].partition("all but ")
        names = (set(commands()) - set(without.split(", "))) if without else set(text.split(", "))
        for name in commands() if row[1] == "all" else names:
            found[name].add(option[0])
    return found


def test_the_page_lists_every_command_and_no_other() -> None:
    listed = PAGE.partition("```\n")[2].partition("```")[0]
    words = {" ".join(re.findall(r"^generate ([a-z]+(?: [a-z]+)*)", line)) for line in listed.splitlines()}
    assert words == set(commands())


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_page_lists_every_option_and_no_other(name: str) -> None:
    known = documented()
    for words, command in commands().items():
        if words.split()[0] == name:
            assert known[words] == options(command), words


def test_every_row_of_options_names_commands_that_are_there() -> None:
    assert set(documented()) <= set(commands())
