#!/usr/bin/env python3
"""Draw the pictures of `docs/gallery/`: pages of the brief and of the summary, side by side, in each format that has pages or a screen.

Needs poppler's pdftoppm; LibreOffice for the Word pictures and Chromium for the web pictures, which are left as they are without them.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
AS_OF = "2025-11-01"
PICTURES = {"policy-brief": ("brief", (1, 3)), "one-page-summary": ("summary", (1,))}
EDGE, GAP = "#b8c2cc", 24
SCREEN = (900, 1270)  # points across and down, in the shape of a page


def pages(pdf: Path, wanted: tuple[int, ...]) -> list[Image.Image]:
    subprocess.run(["pdftoppm", "-png", "-r", "90", pdf, pdf.with_suffix("")], check=True)
    drawn = sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))
    return [Image.open(drawn[number - 1]).convert("RGB") for number in wanted]


def word_pages(docx: Path, wanted: tuple[int, ...]) -> list[Image.Image]:
    out = docx.parent / "word"
    profile = f"-env:UserInstallation=file://{docx.parent}/profile"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", out, docx], check=True, stdout=subprocess.DEVNULL
    )
    return pages(out / f"{docx.stem}.pdf", wanted)


def screens(html: Path, count: int) -> list[Image.Image]:
    picture = html.with_suffix(".png")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
    size = f"--window-size={SCREEN[0]},{SCREEN[1] * count}"
    command = ["chromium", *options, f"--user-data-dir={html.parent}/browser", size, f"--screenshot={picture}", html.as_uri()]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    whole = Image.open(picture).convert("RGB")
    return [whole.crop((0, SCREEN[1] * at, SCREEN[0], SCREEN[1] * (at + 1))) for at in range(count)]


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
            command = [
                sys.executable,
                ROOT / "generate.py",
                kind,
                name,
                "--format",
                "all",
                "--dossier",
                ROOT,
                "--as-of",
                AS_OF,
                "--out",
                folder,
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            made = Path(folder, name)
            drawn = {"": pages(made.with_suffix(".pdf"), wanted)}
            if shutil.which("soffice"):
                drawn["-docx"] = word_pages(made.with_suffix(".docx"), wanted)
            if shutil.which("chromium"):
                drawn["-html"] = screens(made.with_suffix(".html"), len(wanted))
            for suffix, images in drawn.items():
                side_by_side(images).save(out / f"{name}{suffix}.png", optimize=True)
                print(out / f"{name}{suffix}.png")


if __name__ == "__main__":
    main()
