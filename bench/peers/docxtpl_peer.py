"""docxtpl: a Word template made once beforehand (`prepare`), filled with rich text; charts as pictures drawn beforehand."""

import io
import os
import sys
from pathlib import Path

from common import main
from docx.shared import Pt
from docxtpl import DocxTemplate, InlineImage, RichText

CHARTS = Path(os.environ.get("BENCH_CHARTS", "."))
TEMPLATE = CHARTS / "template.docx"


def rich(runs):
    out = RichText()
    for text, bold, italic, _ in runs:
        out.add(text, bold=bold, italic=italic)
    return out


def lines(c, template):
    """Return the blocks as what the template's one loop knows: a paragraph in a style, a table or a picture."""

    def line(role, runs):
        return {"k": role, "text": rich(runs)}

    def flow(blocks, body="body"):
        return [each for b in blocks for each in block(b, body)]

    def grid(rows):
        return {"k": "table", "head": [rich(r) for r in rows[0]], "rows": [[rich(r) for r in row] for row in rows[1:]]}

    def text(words):
        return [[words, False, False, ""]]

    def block(b, body):
        match b["k"]:
            case "title":
                above = [line("kicker", text(b["kicker"]))] if b["kicker"] else []
                return [*above, line("title", b["runs"]), *([line("subtitle", text(b["subtitle"]))] if b["subtitle"] else [])]
            case "heading":
                return [line(f"heading-{b['level']}", b["runs"])]
            case "p":
                return [line(body if b["role"] == "body" else b["role"], b["runs"])]
            case "list":
                numbers = [
                    [line("small", text(f"{n}."))] if b["start"] else [] for n in range(b["start"], b["start"] + len(b["items"]))
                ]
                return [each for number, item in zip(numbers, b["items"], strict=True) for each in (*number, *flow(item, "bullet"))]
            case "details":
                return [grid([[text(t), r] for t, r in b["entries"]])]
            case "table":
                above = [line("caption", b["caption"])] if b["caption"] else []
                return [*above, grid([b["head"], *b["rows"]]), *([line("source", b["source"])] if b["source"] else [])]
            case "chart":
                image = InlineImage(template, str(CHARTS / f"{b['id']}.png"), width=Pt(c["width"]))
                below = [line("source", b["source"])] if b["source"] else []
                return [line("caption", b["caption"]), {"k": "image", "image": image}, *below]
            case "numbers":
                return [grid([[item[0] for item in b["items"]], [item[1] for item in b["items"]]])]
            case "callout":
                return [*([line("callout-title", b["title"])] if b["title"] else []), *flow(b["blocks"], "callout")]
            case "contents":
                return [line("heading-1", text(b["title"])), {"k": "toc"}]
            case "sources":
                return [line("source-entry", [[f"[{n}] ", False, False, ""], *r]) for n, _, r in b["entries"]]
            case _:
                return []

    return flow(c["blocks"])


def make(c):
    template = DocxTemplate(TEMPLATE)
    template.render({"blocks": lines(c, template)}, autoescape=True)
    file = io.BytesIO()
    template.save(file)
    return file.getvalue()


def prepare(c, path):
    """Write the template: one loop over the blocks, with a branch for each style."""
    from docx import Document
    from python_docx_peer import NAMES, field
    from python_docx_peer import prepare as styles

    document = Document()
    styles(document, c)

    def line(words, style="Normal"):
        return document.add_paragraph(words, style)

    line("{%p for b in blocks %}")
    line("{%p if b.k == 'table' %}")
    table = document.add_table(4, 3, "Light Grid Accent 1")
    cells = (("{%tc for x in b.head %}", "{{r x }}", "{%tc endfor %}"), ("{%tr for row in b.rows %}", "", ""))
    cells += (("{%tc for x in row %}", "{{r x }}", "{%tc endfor %}"), ("{%tr endfor %}", "", ""))
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, words in zip(row.cells, texts, strict=True):
            cell.text = words
            cell.paragraphs[0].style = "table-cell"
    line("{%p elif b.k == 'image' %}")
    line("{{ b.image }}")
    line("{%p elif b.k == 'toc' %}")
    field(line(""), 'TOC \\o "1-2" \\h')
    for role in c["styles"]:
        line(f"{{%p elif b.k == '{role}' %}}")
        line("{{r b.text }}", NAMES.get(role, role))
    line("{%p endif %}")
    line("{%p endfor %}")
    document.save(path)


if __name__ == "__main__":
    if sys.argv[1] == "--prepare":
        import json

        prepare(json.loads(Path(sys.argv[2]).read_text("utf-8")), TEMPLATE)
    else:
        main(make)
