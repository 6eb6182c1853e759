"""Ours, warm: one process, many documents. usage: ours.py pages|whole pdf|docx CHECKOUT

`pages` reads "DOCUMENT OUT" lines: a composed tree (untimed) is laid out and rendered, which is what the peers do with their content.
`whole` reads "DAY OUT" lines: the dossier is read, checked and composed as of that day, laid out, rendered and written.
Each line is answered with the seconds that it took.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, sys.argv[3])

from briefing import pipeline
from briefing.layout.fonts import Fonts
from briefing.layout.pages import lay_out
from briefing.load.dossier import load
from briefing.load.files import font_reader, read_dossier
from briefing.model import decode


def jobs(what: str, form: str, checkout: Path) -> Callable[[str, str], Callable[[], object]]:
    """Return what makes a job of a line: all that is not to be timed has happened when the job is returned."""
    look = load(read_dossier(checkout)).look
    fonts = Fonts(look, font_reader(checkout))

    def pages(source: str, out: str) -> Callable[[], object]:
        document = decode(Path(source).read_bytes())
        if form == "docx":  # the pages of its contents are a word processor's
            return lambda: Path(out).write_bytes(pipeline.render(form, document, look, None, fonts))
        return lambda: Path(out).write_bytes(pipeline.render(form, document, look, lay_out(document, look, fonts), fonts))

    def whole(day: str, out: str) -> Callable[[], object]:
        order = pipeline.Order("policy-brief", date.fromisoformat(day))
        return lambda: pipeline.make(checkout, order, (form,), out=Path(out), cache=False)

    return pages if what == "pages" else whole


def main(what: str, form: str, checkout: Path) -> None:
    gc.set_threshold(100_000)  # as generate.main() does
    job_of = jobs(what, form, checkout)
    for line in sys.stdin:
        job = job_of(*line.split())
        start = time.perf_counter()
        job()
        print(f"{time.perf_counter() - start:.6f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
