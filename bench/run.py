"""Ours beside other generators: the same words, one run, ratios. usage: run.py [--quick] [--only WORD]

Everything is copied to and written in a temporary folder. In each round every generator has its turn, another one first each time;
a ratio is the median of the rounds' ratios, so that a slow minute of the machine hits both sides. What is measured, and what is
not: bench/README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OURS = sys.executable
THEIRS = str(ROOT / ".bench-venv" / "bin" / "python")
AS_OF = date(2025, 11, 1)
WARM_UP = 2


@dataclass(frozen=True)
class Entry:
    """A generator in one format; `script` is one of bench/peers, or "" for ours."""

    name: str
    format: str
    script: str = ""
    environment: dict[str, str] = field(default_factory=dict)


OURS_FIRST = "ours: generate, first run"
OURS_AGAIN = "ours: generate, unchanged dossier"
OURS_PAGES = "ours: layout and rendering"
OURS_WHOLE = "ours: dossier to document"
PEERS = (
    Entry("typst, tagged", "pdf", "typst_peer"),
    Entry("typst, untagged", "pdf", "typst_peer", {"BENCH_TAGS": "0"}),
    Entry("WeasyPrint", "pdf", "weasyprint_peer"),
    Entry("WeasyPrint, tagged", "pdf", "weasyprint_peer", {"BENCH_TAGS": "1"}),
    Entry("fpdf2", "pdf", "fpdf2_peer"),
    Entry("Platypus", "pdf", "platypus_peer"),
    Entry("pandoc and typst", "pdf", "pandoc_peer", {"BENCH_TO": "typst"}),
    Entry("docxtpl", "docx", "docxtpl_peer"),
    Entry("python-docx", "docx", "python_docx_peer"),
    Entry("pandoc", "docx", "pandoc_peer"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--only", default="", help="peers whose name holds this word")
    options = parser.parse_args()
    peers = [peer for peer in PEERS if options.only in peer.name]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        bench = Bench(Path(name), peers, rounds=3 if options.quick else 15)
        bench.prepare()
        print(bench.machine())
        for kind in ("brief", "summary"):
            bench.cold(kind)
        bench.warm()


class Bench:
    def __init__(self, folder: Path, peers: list[Entry], rounds: int) -> None:
        self.folder, self.peers, self.rounds = folder, peers, rounds
        self.dossier = folder / "checkout"  # the program too: it may change while this runs
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("BENCH_", "SOURCE_DATE", "PYTHON"))
        }
        self.environment |= {"BENCH_CHARTS": str(folder), "PYTHONPATH": str(HERE / "peers")}

    def prepare(self) -> None:
        """Write what all start from: the dossier, its brief and summary as trees and as content, charts as pictures, Word templates."""
        for name in ("seeds", "briefs", "templates", "briefing"):
            shutil.copytree(ROOT / name, self.dossier / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "generate.py", self.dossier)
        command = [OURS, str(HERE / "prepare.py"), str(self.dossier), str(self.folder), str(AS_OF), str(WARM_UP + self.rounds)]
        subprocess.run(command, check=True)
        for script in ("docxtpl_peer.py", "pandoc_peer.py"):
            command = [THEIRS, str(HERE / "peers" / script), "--prepare", str(self.folder / "brief.json")]
            subprocess.run(command, env=self.environment, check=True)

    def machine(self) -> str:
        code = "import importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in %r))"
        names = ["typst", "weasyprint", "fpdf2", "reportlab", "docxtpl", "python-docx", "pypandoc_binary"]
        versions = subprocess.run([THEIRS, "-c", code % names], capture_output=True, text=True, check=True).stdout.strip()
        return (
            f"CPython {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; {versions}; {self.rounds} rounds\n"
        )

    # ------------------------------------------------------------------------------------------------------------- cold

    def cold(self, kind: str) -> None:
        """Time whole processes, one document each, and print a table for each format."""
        for form in ("pdf", "docx"):
            entries = [Entry(OURS_FIRST, form), Entry(OURS_AGAIN, form), *(peer for peer in self.peers if peer.format == form)]
            runs: dict[str, list[Run]] = {entry.name: [] for entry in entries}
            for number in range(self.rounds + 1):
                for entry in rotated(entries, number):
                    run = self.once(entry, kind)
                    if number:  # the first round fills the caches of the disk and of bytecode
                        runs[entry.name].append(run)
            print(f"## {kind.capitalize()} as {form.upper()}: one whole process\n")
            first, again = ([run.wall for run in runs[name]] for name in (OURS_FIRST, OURS_AGAIN))
            rows = []
            for entry in entries:
                wall = [run.wall for run in runs[entry.name]]
                row = [entry.name, f"{1000 * median(wall):.0f}", f"{1000 * median(run.cpu for run in runs[entry.name]):.0f}"]
                row += [f"{median(run.memory for run in runs[entry.name]):.0f}", ratio(first, wall), ratio(again, wall)]
                rows.append([*row, *described(self.out(entry, kind))])
            head = ["", "ms", "CPU ms", "peak MiB", "first run takes", "again takes", "KB", "pages", "1000 letters"]
            print_table(head, rows)

    def once(self, entry: Entry, kind: str) -> Run:
        out = str(self.out(entry, kind))
        if entry.script:
            command = [THEIRS, str(HERE / "peers" / f"{entry.script}.py"), str(self.folder / f"{kind}.json"), out]
        else:
            command = [OURS, str(self.dossier / "generate.py"), kind, "--format", entry.format, "--as-of", str(AS_OF), "--out", out]
            command += ["--dossier", str(self.dossier)]
            if entry.name == OURS_FIRST:
                shutil.rmtree(self.dossier / ".cache", ignore_errors=True)
            elif not (self.dossier / ".cache").exists():
                timed(command, self.environment, self.folder)
        return timed(command, self.environment | entry.environment, self.folder)

    def out(self, entry: Entry, kind: str) -> Path:
        return self.folder / f"{kind}-{re.sub('[^a-z0-9]+', '-', entry.name.lower())}.{entry.format}"

    # ------------------------------------------------------------------------------------------------------------- warm

    def warm(self) -> None:
        """Time documents of one process, each with words of its own, and print a table for each format."""
        for form in ("pdf", "docx"):
            entries = [Entry(OURS_PAGES, form), Entry(OURS_WHOLE, form), *(peer for peer in self.peers if peer.format == form)]
            workers = {entry.name: self.worker(entry) for entry in entries}
            seconds: dict[str, list[float]] = {entry.name: [] for entry in entries}
            for number in range(WARM_UP + self.rounds):
                for entry in rotated(entries, number):
                    took = workers[entry.name](number)
                    if number >= WARM_UP:
                        seconds[entry.name].append(took)
            print(f"## Brief as {form.upper()}: one process, many documents\n")
            pages, whole = seconds[OURS_PAGES], seconds[OURS_WHOLE]
            rows = []
            for entry in entries:
                took = seconds[entry.name]
                speed = [ratio(took, pages), ratio(took, whole)]
                rows.append([entry.name, f"{1000 * median(took):.1f}", f"{1 / median(took):.1f}", *speed])
            print_table(
                ["", "ms a document", "documents a second", "layout and rendering: speed", "dossier to document: speed"], rows
            )

    def worker(self, entry: Entry) -> Callable[[int], float]:
        """Start a process that waits for numbers of documents; the function returned has it make one."""
        if entry.script:
            command = [THEIRS, str(HERE / "peers" / f"{entry.script}.py"), "--serve"]
        else:
            what = "pages" if entry.name == OURS_PAGES else "whole"
            command = [OURS, str(HERE / "ours.py"), what, entry.format, str(self.dossier)]
        process = subprocess.Popen(
            command,
            env=self.environment | entry.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder,
        )

        def make(number: int) -> float:
            assert process.stdin
            assert process.stdout
            source = self.folder / f"{number}.{'json' if entry.script else 'tree'}"
            what = str(AS_OF + timedelta(days=number)) if entry.name == OURS_WHOLE else str(source)
            process.stdin.write(f"{what} {self.out(entry, 'warm')}\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                sys.exit(f"{entry.name} failed; see above")
            return float(line)

        return make


@dataclass(frozen=True)
class Run:
    wall: float
    cpu: float
    memory: float  # MiB of the largest single process


def timed(command: list[str], environment: dict[str, str], folder: Path) -> Run:
    """Run a process to its end and return what it took, its children included."""
    with (folder / "log").open("w+") as log:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            sys.exit(f"failed: {' '.join(command)}\n{log.read()}")
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def described(path: Path) -> list[str]:
    """Return size, pages and letters of a document, the last two where poppler is there to count them in a PDF."""
    size = f"{path.stat().st_size / 1000:.0f}"
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as package:
            xml = package.read("word/document.xml").decode()
        text = re.sub(r"<[^>]+>", "", re.sub(r"</w:p>|<w:tab/>|<w:br/>", " ", xml))
        return [size, "", letters(text)]
    if not shutil.which("pdfinfo") or not shutil.which("pdftotext"):
        return [size, "", ""]
    info = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return [size, info.split("Pages:")[1].split()[0], letters(text)]


def letters(text: str) -> str:
    """Return how many letters and digits a text has, in thousands: spaces and leaders are each generator's own."""
    return f"{sum(map(str.isalnum, text)) / 1000:.1f}"


def rotated(entries: list[Entry], by: int) -> list[Entry]:
    by %= len(entries)
    return entries[by:] + entries[:by]


def median(values) -> float:
    return statistics.median(values)


def ratio(ours: list[float], theirs: list[float]) -> str:
    return f"{median(a / b for a, b in zip(ours, theirs, strict=True)):.2f} x"


def print_table(head: list[str], rows: list[list[str]]) -> None:
    for row in [head, ["---"] + ["---:"] * (len(head) - 1), *rows]:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


if __name__ == "__main__":
    main()
