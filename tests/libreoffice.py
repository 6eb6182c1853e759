"""Word documents as LibreOffice sets them, many in one call, in the fonts of the built-in look though they are not installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

FONTS = Path(__file__).parents[1] / "templates" / "fonts"
_AT_ONCE = 50  # files in a call: at some hundreds LibreOffice gives up
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
_BARE = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>
"""
MISSING = "LibreOffice (soffice) and poppler-utils (pdfinfo) are not on this machine"


def is_here() -> bool:
    return all(map(shutil.which, ("soffice", "pdfinfo", "pdftotext")))


def as_pdf(documents: Mapping[str, bytes], folder: Path, *, with_fonts: bool = True, options: str = "") -> dict[str, Path]:
    """Return the PDF of each DOCX, by its name. `with_fonts`: ours are there as if they were installed."""
    setup = folder / "fonts.conf"
    setup.write_text((_FONTCONFIG if with_fonts else _BARE).format(fonts=FONTS, cache=folder / "cache"), encoding="utf-8")
    environment = os.environ | {"FONTCONFIG_FILE": str(setup)}
    names = sorted(documents)
    for name in names:
        (folder / f"{name}.docx").write_bytes(documents[name])
    for start in range(0, len(names), _AT_ONCE):
        files = [str(folder / f"{name}.docx") for name in names[start : start + _AT_ONCE]]
        command = [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            f"pdf{options}",
        ]
        subprocess.run([*command, "--outdir", str(folder), *files], check=True, capture_output=True, env=environment, timeout=600)
    return {name: folder / f"{name}.pdf" for name in names}


def page_count(pdf: Path) -> int:
    told = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:"))
