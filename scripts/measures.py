"""Write down what is read of the built-in fonts, so that no first run has to: run it after a change of fonts or of ReportLab."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from briefing.load.files import builtin
from briefing.pipeline import MEASURES
from briefing.truetype import TrueType


class Written:
    """Keeps nothing and writes everything."""

    def get(self, name: str) -> bytes | None:  # noqa: ARG002  the protocol's
        return None

    def put(self, name: str, data: bytes) -> None:
        (MEASURES / f"{name}.msgpack").write_bytes(data)


def main() -> None:
    MEASURES.mkdir(exist_ok=True)
    for path in MEASURES.iterdir():
        path.unlink()
    for path in sorted((builtin() / "fonts").glob("*.ttf")):
        TrueType(path.name, path.read_bytes(), Written())


if __name__ == "__main__":
    main()
