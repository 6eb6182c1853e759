"""The same inputs and the same day give the same bytes, whatever the hash seed, the time zone, the locale and the folder."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAKE = """
import sys
from datetime import date
from pathlib import Path
from briefing.pipeline import FORMATS, Order, make
root, out = map(Path, sys.argv[1:])
for name, theme in (("one-page-summary", ""), ("policy-brief", ""), ("policy-brief", "defence"), ("one-page-summary", "defence")):
    make(root, Order(name, date(2025, 12, 1), theme=theme), FORMATS, out=out / "documents", evidence="json", cache=False)
"""
SETTINGS = [
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C"},
    {
        "PYTHONHASHSEED": "20202",
        "TZ": "America/St_Johns",
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "de_DE.UTF-8",
        "SOURCE_DATE_EPOCH": "86400",
    },
]


def test_two_processes_in_two_worlds_write_the_same_bytes(tmp_path: Path) -> None:
    runs = []
    for number, settings in enumerate(SETTINGS):
        folder = tmp_path / str(number)
        folder.mkdir()
        environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", MAKE, str(ROOT), str(folder)]
        runs.append(subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True))
    assert [(run.communicate()[1], run.returncode) for run in runs] == [("", 0), ("", 0)]
    first, second = ({path.name: sha256(path.read_bytes()).hexdigest() for path in (tmp_path / name).rglob("*.*")} for name in "01")
    assert first == second
    assert len(first) == 4 * 5
