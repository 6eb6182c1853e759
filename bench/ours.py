"""Ours, warm: one process, many documents. usage: ours.py pages|whole pdf|docx CHECKOUT

`pages` reads "DOCUMENT OUT" lines: a composed tree (untimed) is laid out and rendered, which is what the peers do with their content.
`whole` reads "DAY OUT" lines: the dossier is read, checked and composed as of that day, laid out, rendered and written.
Each line is answered with the seconds that it took.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, sys.argv[3])

from briefing import pipeline  # noqa: E402
from briefing.layout.fonts import Fonts  # noqa: E402
from briefing.layout.pages import lay_out  # noqa: E402
from briefing.load.dossier import load  # noqa: E402
from briefing.load.files import font_reader, read_dossier  # noqa: E402
from briefing.model import decode  # noqa: E402


def main(what: str, form: str, dossier: Path) -> None:
    look = load(read_dossier(dossier)).look
    fonts = Fonts(look, font_reader(dossier))
    for line in sys.stdin:
        first, out = line.split()
        job: Callable[[], bytes | None]
        if what == "pages":
            document = decode(Path(first).read_bytes())

            def job() -> bytes:
                pages = lay_out(document, look, fonts)
                return pipeline.render(form, document, look, pages, fonts)
        else:
            order = pipeline.Order("policy-brief", date.fromisoformat(first))

            def job() -> None:
                pipeline.make(dossier, order, (form,), out=Path(out), cache=False)

        start = time.perf_counter()
        made = job()
        seconds = time.perf_counter() - start
        if made is not None:
            Path(out).write_bytes(made)
        print(f"{seconds:.6f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
