"""What all start from, untimed: our brief and summary as trees and as content, and charts as pictures. usage: prepare.py CHECKOUT FOLDER DAY NUMBER

A process of its own, so that the one that starts the timed ones stays small: a child's peak memory never reads below its parent's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

sys.path.insert(0, sys.argv[1])

from content import content, variant
from PIL import Image, ImageDraw, ImageFont

from briefing import pipeline
from briefing.layout.fit import fit
from briefing.layout.fonts import Fonts
from briefing.layout.pages import lay_out
from briefing.load.files import font_reader, read_dossier
from briefing.look import Look
from briefing.model import Document, encode


def main(checkout: Path, folder: Path, day: date, number: int) -> None:
    for kind, name in (("brief", "policy-brief"), ("summary", "one-page-summary")):
        document, look = composed(checkout, name, day)
        made = content(document, look)
        write(folder / f"{kind}.json", made)
        for block in walk(made["blocks"]):
            if block["k"] == "chart":
                picture(block["drawing"], checkout / "templates" / "fonts").save(folder / f"{block['id']}.png")
        for each in range(number if kind == "brief" else 0):
            changed = variant(document, each)
            (folder / f"{each}.tree").write_bytes(encode(changed))
            write(folder / f"{each}.json", content(changed, look))


def write(path: Path, made: dict) -> None:
    path.write_text(json.dumps(made, ensure_ascii=False), "utf-8")


def composed(checkout: Path, name: str, day: date) -> tuple[Document, Look]:
    """Return the final document as `generate` makes it, what a summary drops and a short brief's contents left out, and its look."""
    made = pipeline.compose_one(read_dossier(checkout), pipeline.Order(name, day))
    fonts = Fonts(made.look, font_reader(checkout))
    if made.document.one_page:
        fitted = fit(made.document, made.look, fonts)
        return fitted.document, fitted.look
    short = len(lay_out(made.document, made.look, fonts).pages) < pipeline.CONTENTS_FROM
    return pipeline.without_contents(made.document) if short and made.contents == "auto" else made.document, made.look


def walk(blocks: list[dict]) -> Iterator[dict]:
    for block in blocks:
        yield block
        yield from walk(block.get("blocks", []))


def picture(drawing: dict, fonts: Path) -> Image.Image:
    """Return a chart as a picture, for those who want one."""
    scale = 3
    image = Image.new("RGB", (round(drawing["width"] * scale), round(drawing["height"] * scale)), "white")
    draw = ImageDraw.Draw(image)
    for item in drawing["items"]:
        if item["k"] == "rect":
            corners = [item["x"], item["y"], item["x"] + item["w"], item["y"] + item["h"]]
            draw.rectangle([scale * value for value in corners], fill=item["c"])
        elif item["k"] == "line":
            points = [(scale * x, scale * y) for x, y in item["points"]]
            draw.line(points, fill=item["c"], width=max(1, round(scale * item["w"])))
        elif item["k"] == "dot":
            fill = "white" if item["hollow"] else item["c"]
            draw.circle((scale * item["x"], scale * item["y"]), scale * item["r"], fill=fill, outline=item["c"])
        else:
            face = "SourceSans3-Bold.ttf" if item["bold"] else "SourceSans3-Regular.ttf"
            font = ImageFont.truetype(str(fonts / face), scale * item["size"])
            anchor = {"left": "ls", "center": "ms", "right": "rs"}[item["align"]]
            draw.text((scale * item["x"], scale * item["y"]), item["text"], fill=item["c"], font=font, anchor=anchor)
    return image


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), date.fromisoformat(sys.argv[3]), int(sys.argv[4]))
