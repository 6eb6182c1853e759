"""ReportLab Platypus as one would write it by hand: paragraph styles, tables, a table of contents by multiBuild."""

import io

from common import FACES, FONTS, main, plain
from reportlab.graphics.shapes import Circle, Drawing, PolyLine, Rect, String
from reportlab.lib.colors import HexColor, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, Frame, ListFlowable, ListItem, PageBreak, PageTemplate, Paragraph, Table, TableStyle
from reportlab.platypus.tableofcontents import TableOfContents


def register():
    if "Source Serif 4" in pdfmetrics.getRegisteredFontNames():
        return
    for (name, bold, italic), file in FACES.items():
        face = TTFont(face_name(name, bold, italic), str(FONTS / file))
        pdfmetrics.registerFont(face)
    for name in ("Source Serif 4", "Source Sans 3"):
        four = [face_name(name, bold, italic) for bold, italic in ((0, 0), (1, 0), (0, 1), (1, 1))]
        pdfmetrics.registerFontFamily(name, *four)


def face_name(name, bold, italic):
    return name + " Bold" * bool(bold) + " Italic" * bool(italic)


def styles(c):
    out = {}
    for role, s in c["styles"].items():
        out[role] = ParagraphStyle(
            role,
            fontName=face_name(s["font"], s["bold"], s["italic"]),
            fontSize=s["size"],
            leading=s["leading"],
            spaceBefore=s["before"],
            spaceAfter=s["after"],
            textColor=HexColor(s["colour"]),
        )
    return out


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def markup(runs, link):
    out = []
    for text, bold, italic, href in runs:
        words = "<br/>" if text == "\n" else escape(text)
        words = f"<b>{words}</b>" if bold else words
        words = f"<i>{words}</i>" if italic else words
        out.append(f'<a href="{escape(href)}" color="{link}">{words}</a>' if href else words)
    return "".join(out)


class Brief(BaseDocTemplate):
    def __init__(self, file, c):
        m = {name: value * mm for name, value in c["margins"].items()}
        width, height = c["size"]
        super().__init__(file, pagesize=(width, height), title=c["title"], author=c["author"], invariant=1)
        self.c, self.m, self.total = c, m, 0
        frame = Frame(m["left"], m["bottom"], c["width"], height - m["top"] - m["bottom"], 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame], onPage=self.furniture))

    def furniture(self, canvas, _):
        c, m, s = self.c, self.m, self.c["styles"]["header"]
        left, right = m["left"], m["left"] + c["width"]
        canvas.setFont(s["font"], s["size"])
        canvas.setFillColor(HexColor(s["colour"]))
        canvas.drawString(left, c["size"][1] - m["header"], c["header"][0])
        canvas.drawRightString(right, c["size"][1] - m["header"], c["header"][1])
        canvas.drawString(left, m["footer"], c["footer"])
        canvas.drawRightString(right, m["footer"], f"Page {self.page} of {max(self.total, self.page)}")

    def afterPage(self):  # noqa: N802
        self.total = max(self.total, self.page)

    def afterFlowable(self, flowable):  # noqa: N802
        heading = getattr(flowable, "heading", None)
        if heading:
            level, text, key = heading
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, level - 1, closed=False)
            self.notify("TOCEntry", (level - 1, text, self.page, key))


def drawing(d, font):
    out = Drawing(d["width"], d["height"])
    top = d["height"]
    for i in d["items"]:
        colour = HexColor(i["c"])
        if i["k"] == "rect":
            out.add(Rect(i["x"], top - i["y"] - i["h"], i["w"], i["h"], fillColor=colour, strokeColor=None))
        elif i["k"] == "line":
            points = [value for x, y in i["points"] for value in (x, top - y)]
            dash = [i["dash"], i["dash"]] if i["dash"] else None
            out.add(PolyLine(points, strokeColor=colour, strokeWidth=i["w"], strokeDashArray=dash))
        elif i["k"] == "dot":
            out.add(Circle(i["x"], top - i["y"], i["r"], fillColor=white if i["hollow"] else colour, strokeColor=colour))
        else:
            anchor = {"left": "start", "center": "middle", "right": "end"}[i["align"]]
            face = face_name(font, i["bold"], italic=False)
            out.add(String(i["x"], top - i["y"], i["text"], fontName=face, fontSize=i["size"], fillColor=colour, textAnchor=anchor))
    return out


def make(c):
    register()
    st, colour = styles(c), {name: HexColor(value) for name, value in c["colours"].items()}
    link = c["colours"]["link"]
    aligned = {
        (role, a): ParagraphStyle(role + a, st[role], alignment=n)
        for role in ("table-head", "table-cell")
        for n, a in enumerate(("left", "center", "right"))
    }

    def p(role, runs):
        return Paragraph(markup(runs, link), st[role])

    def flow(blocks, body="body"):
        return [each for b in blocks for each in flowables(b, body)]

    def flowables(b, body):
        match b["k"]:
            case "title":
                above = [p("kicker", [[b["kicker"], False, False, ""]])] if b["kicker"] else []
                below = [p("subtitle", [[b["subtitle"], False, False, ""]])] if b["subtitle"] else []
                return [*above, p("title", b["runs"]), *below]
            case "heading":
                heading = p(f"heading-{b['level']}", b["runs"])
                heading.heading, heading.keepWithNext = (b["level"], plain(b["runs"]), b["id"]), 1
                return [heading]
            case "p":
                return [p(body if b["role"] == "body" else b["role"], b["runs"])]
            case "list":
                kind = {"bulletType": "1", "start": b["start"]} if b["start"] else {"bulletType": "bullet", "start": "\u2022"}
                font = st["bullet"].fontName
                return [
                    ListFlowable(
                        [ListItem(flow(item, "bullet")) for item in b["items"]], leftIndent=14, bulletFontName=font, **kind
                    )
                ]
            case "details":
                rows = [[p("term", [[t, False, False, ""]]), p("small", r)] for t, r in b["entries"]]
                return [Table(rows, colWidths=[110, c["width"] - 110], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])]
            case "table":
                total = sum(b["weights"])
                rows = [
                    [Paragraph(markup(r, link), aligned[role, a]) for r, a in zip(row, b["align"], strict=True)]
                    for role, row in [("table-head", b["head"]), *(("table-cell", row) for row in b["rows"])]
                ]
                look = TableStyle(
                    [
                        ("BACKGROUND", (0, 0), (-1, 0), colour["accent"]),
                        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, colour["shade"]]),
                        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colour["rule"]),
                        ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ]
                )
                table = Table(rows, colWidths=[c["width"] * w / total for w in b["weights"]], repeatRows=1, style=look)
                return [*captioned(b), table, *sourced(b)]
            case "chart":
                return [*captioned(b), drawing(b["drawing"], c["styles"]["chart-label"]["font"]), *sourced(b)]
            case "numbers":
                cells = [[p("key-number", v), p("key-label", r)] for v, r in b["items"]]
                return [
                    Table(
                        [cells], style=[("LINEABOVE", (0, 0), (-1, 0), 1.5, colour["accent"]), ("VALIGN", (0, 0), (-1, -1), "TOP")]
                    )
                ]
            case "callout":
                inner = ([p("callout-title", b["title"])] if b["title"] else []) + flow(b["blocks"], "callout")
                look = [("BACKGROUND", (0, 0), (-1, -1), colour["shade"]), ("LINEBEFORE", (0, 0), (0, -1), 3, colour["accent"])]
                return [Table([[each] for each in inner], colWidths=[c["width"]], style=look)]
            case "contents":
                contents = TableOfContents(levelStyles=[st["contents"], ParagraphStyle("c2", st["contents"], leftIndent=12)] * 2)
                contents.dotsMinLevel = 0
                return [p("heading-1", [[b["title"], False, False, ""]]), contents]
            case "sources":
                entry = st["source-entry"]
                return [Paragraph(f'<a name="{i}"/>[{n}] {markup(r, link)}', entry) for n, i, r in b["entries"]]
            case _:
                return [PageBreak()]

    def captioned(b):
        if not b["caption"]:
            return []
        caption = p("caption", b["caption"])
        caption.keepWithNext = 1
        return [caption]

    def sourced(b):
        return [p("source", b["source"])] if b["source"] else []

    file = io.BytesIO()
    Brief(file, c).multiBuild(flow(c["blocks"]))
    return file.getvalue()


if __name__ == "__main__":
    main(make)
