"""python-docx as one would write it by hand: styles made in the run, charts as pictures drawn beforehand, contents as a field."""

import io
import os
from pathlib import Path

from common import main
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

CHARTS = Path(os.environ.get("BENCH_CHARTS", "."))
ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
NAMES = {
    "title": "Title",
    "subtitle": "Subtitle",
    "body": "Normal",
    "caption": "Caption",
    "bullet": "List Bullet",
    "header": "Header",
    "footer": "Footer",
}
NAMES |= {f"heading-{n}": f"Heading {n}" for n in (1, 2, 3)}


def field(paragraph, code):
    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = code
        run._r.append(element)


def frame(document, c):
    """Set the page, the header and the footer."""
    section, m = document.sections[0], c["margins"]
    section.page_width, section.page_height = (Pt(x) for x in c["size"])
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
        Mm(m[x]) for x in ("left", "right", "top", "bottom")
    )
    section.header.paragraphs[0].text = "\t\t".join(c["header"])
    footer = section.footer.paragraphs[0]
    footer.add_run(c["footer"] + "\t\tPage ")
    field(footer, "PAGE")
    footer.add_run(" of ")
    field(footer, "NUMPAGES")


def prepare(document, c):
    """Set the frame and the styles."""
    frame(document, c)
    for role, s in c["styles"].items():
        name = NAMES.get(role, role)
        style = document.styles[name] if role in NAMES else document.styles.add_style(name, 1)
        style.font.name, style.font.size, style.font.bold, style.font.italic = s["font"], Pt(s["size"]), s["bold"], s["italic"]
        style.font.color.rgb = RGBColor.from_string(s["colour"][1:].upper())
        form = style.paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(s["before"]), Pt(s["after"]), s["leading"] / s["size"] / 1.2


def make(c):
    document = Document()
    prepare(document, c)
    document.core_properties.title, document.core_properties.author = c["title"], c["author"]

    def fill(paragraph, runs):
        for text, bold, italic, _ in runs:
            run = paragraph.add_run(text)
            if bold:
                run.bold = True
            if italic:
                run.italic = True
        return paragraph

    def add(role, runs):
        return fill(document.add_paragraph(style=NAMES.get(role, role)), runs)

    def flow(blocks, body="body"):
        for b in blocks:
            block(b, body)

    def block(b, body):
        match b["k"]:
            case "title":
                if b["kicker"]:
                    document.add_paragraph(b["kicker"], style="kicker")
                add("title", b["runs"])
                if b["subtitle"]:
                    document.add_paragraph(b["subtitle"], style="Subtitle")
            case "heading":
                add(f"heading-{b['level']}", b["runs"])
            case "p":
                add(body if b["role"] == "body" else b["role"], b["runs"])
            case "list":
                for number, item in enumerate(b["items"], b["start"]):
                    if b["start"]:
                        add("small", [[f"{number}.", False, False, ""]])
                    flow(item, "bullet")
            case "details":
                grid([[[[t, True, False, ""]], r] for t, r in b["entries"]], ["left", "left"], [1, 3], "Normal Table")
            case "table":
                if b["caption"]:
                    add("caption", b["caption"])
                grid([b["head"], *b["rows"]], b["align"], b["weights"], "Light Grid Accent 1")
                if b["source"]:
                    add("source", b["source"])
            case "chart":
                add("caption", b["caption"])
                document.add_picture(str(CHARTS / f"{b['id']}.png"), width=Pt(c["width"]))
                if b["source"]:
                    add("source", b["source"])
            case "numbers":
                rows = [[item[0] for item in b["items"]], [item[1] for item in b["items"]]]
                grid(rows, ["left"] * len(b["items"]), [1] * len(b["items"]), "Normal Table")
            case "callout":
                if b["title"]:
                    add("callout-title", b["title"])
                flow(b["blocks"], "callout")
            case "contents":
                document.add_paragraph(b["title"], style="TOC Heading")
                field(document.add_paragraph(style="contents"), 'TOC \\o "1-2" \\h')
            case "sources":
                for number, _, runs in b["entries"]:
                    add("source-entry", [[f"[{number}] ", False, False, ""], *runs])
            case "break":
                document.add_page_break()

    def grid(rows, align, weights, style):
        table = document.add_table(rows=0, cols=len(weights), style=style)
        total = sum(weights)
        for row in rows:
            for cell, runs, side, weight in zip(table.add_row().cells, row, align, weights, strict=True):
                cell.width = Pt(c["width"] * weight / total)
                paragraph = fill(cell.paragraphs[0], runs)
                paragraph.style = "table-cell"
                paragraph.alignment = ALIGN[side]

    flow(c["blocks"])
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


if __name__ == "__main__":
    main(make)
