"""Pandoc: our blocks as Markdown to DOCX, or to PDF by way of typst. BENCH_TO: docx or typst."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pypandoc
from common import FONTS, main

TO = os.environ.get("BENCH_TO", "docx")
CHARTS = Path(os.environ.get("BENCH_CHARTS", "."))
PANDOC = pypandoc.get_pandoc_path()
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|<>$^~@\"'])")


def escape(text):
    return SPECIAL.sub(r"\\\1", text)


def markup(runs):
    out = []
    for text, bold, italic, href in runs:
        if text == "\n":
            out.append("\\\n")
            continue
        words, stars = escape(text), "**" * bold + "*" * italic
        before, after = " " * words.startswith(" "), " " * words.endswith(" ")
        words = f"{before}{stars}{words.strip()}{stars[::-1]}{after}" if words.strip() else words
        out.append(f"[{words}]({href})" if href else words)
    return "".join(out)


def flow(blocks):
    return "\n\n".join(map(block, blocks))


def indent(text, first):
    return first + text.replace("\n", "\n" + " " * len(first))


def styled(role, text):
    return f'::: {{custom-style="{role}"}}\n{text}\n:::'


def block(b):
    match b["k"]:
        case "title":
            return "\n\n".join(
                [
                    styled("kicker", escape(b["kicker"])),
                    styled("Title", markup(b["runs"])),
                    styled("Subtitle", escape(b["subtitle"])),
                ]
            )
        case "heading":
            return f"{'#' * b['level']} {markup(b['runs'])} {{#{b['id']}}}"
        case "p":
            return markup(b["runs"]) if b["role"] == "body" else styled(b["role"], markup(b["runs"]))
        case "list":
            firsts = [f"{n}.  " if b["start"] else "-   " for n in range(b["start"], b["start"] + len(b["items"]))]
            return "\n".join(indent(flow(item), first) for item, first in zip(b["items"], firsts, strict=True))
        case "details":
            return "\n\n".join(f"**{escape(term)}** {markup(runs)}" for term, runs in b["entries"])
        case "table":
            total = sum(b["weights"])
            dashes = ["-" * max(3, round(100 * w / total)) for w in b["weights"]]
            rules = [":" * (a != "right") + d + ":" * (a != "left") for d, a in zip(dashes, b["align"], strict=True)]
            rows = [" | ".join(map(markup, row)) for row in (b["head"], *b["rows"])]
            table = "\n".join(f"| {row} |" for row in (rows[0], " | ".join(rules), *rows[1:]))
            return f"{table}\n\n: {markup(b['caption'])}\n\n{markup(b['source'])}"
        case "chart":
            return f"![{markup(b['caption'])}]({CHARTS}/{b['id']}.png)\n\n{markup(b['source'])}"
        case "numbers":
            return "\n\n".join(f"**{markup(value)}** {markup(label)}" for value, label in b["items"])
        case "callout":
            return f"**{markup(b['title'])}**\n\n{flow(b['blocks'])}"
        case "sources":
            return "\n\n".join(f"[\\[{n}\\]]{{#{key}}} {markup(runs)}" for n, key, runs in b["entries"])
        case _:
            return ""  # contents: --toc


def make(c):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out.docx" if TO == "docx" else "out.typ")
        command = [PANDOC, "--from=markdown", f"--output={out}", "--standalone"]
        if any(b["k"] == "contents" for b in c["blocks"]):
            command.append("--toc")
        if TO == "docx":
            command.append(f"--reference-doc={CHARTS / 'reference.docx'}")
        else:
            body = c["styles"]["body"]
            command += ["-V", "papersize=a4", "-V", f"mainfont={body['font']}", "-V", f"fontsize={body['size']}pt"]
        subprocess.run(command, input=flow(c["blocks"]).encode(), check=True)
        if TO == "docx":
            return out.read_bytes()
        import typst

        return typst.compile(str(out), root="/", font_paths=[str(FONTS)], ignore_system_fonts=True)


def prepare(c, path):
    """Write the reference document: Pandoc's own, with our page, header, footer and type."""
    import json

    from docx import Document
    from docx.shared import Pt
    from python_docx_peer import frame

    c = json.loads(Path(c).read_text("utf-8"))
    raw = subprocess.run([PANDOC, "--print-default-data-file", "reference.docx"], capture_output=True, check=True).stdout
    path.write_bytes(raw)
    document = Document(str(path))
    frame(document, c)
    for name in ("Normal", "Body Text", "First Paragraph", "Compact"):
        font = document.styles[name].font
        font.name, font.size = c["styles"]["body"]["font"], Pt(c["styles"]["body"]["size"])
    document.save(str(path))


if __name__ == "__main__":
    if sys.argv[1] == "--prepare":
        prepare(sys.argv[2], CHARTS / "reference.docx")
    else:
        main(make)
