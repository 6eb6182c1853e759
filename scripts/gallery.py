#!/usr/bin/env python3
"""Draw the README's pictures: pages of the brief and of the summary, side by side, as PNG. Needs poppler's pdftoppm."""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
AS_OF = "2025-11-01"
PICTURES = {"policy-brief": ("brief", (1, 3)), "one-page-summary": ("summary", (1,))}
EDGE, GAP = "#b8c2cc", 24


def pages(pdf: Path, wanted: tuple[int, ...]) -> list[Image.Image]:
    subprocess.run(["pdftoppm", "-png", "-r", "90", pdf, pdf.with_suffix("")], check=True)
    drawn = sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))
    return [Image.open(drawn[number - 1]).convert("RGB") for number in wanted]


def side_by_side(images: list[Image.Image]) -> Image.Image:
    width = sum(image.width + 2 for image in images) + GAP * (len(images) - 1)
    sheet = Image.new("RGB", (width, max(image.height for image in images) + 2), "white")
    left = 0
    for image in images:
        sheet.paste(EDGE, (left, 0, left + image.width + 2, image.height + 2))
        sheet.paste(image, (left + 1, 1))
        left += image.width + 2 + GAP
    return sheet.quantize(128)  # a third of the size, no visible difference


def main() -> None:
    out = ROOT / "docs" / "gallery"
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, (kind, wanted) in PICTURES.items():
            pdf = Path(folder, f"{name}.pdf")
            command = [sys.executable, ROOT / "generate.py", kind, name, "--dossier", ROOT, "--as-of", AS_OF, "--out", pdf]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            side_by_side(pages(pdf, wanted)).save(out / f"{name}.png", optimize=True)
            print(out / f"{name}.png")


if __name__ == "__main__":
    main()
