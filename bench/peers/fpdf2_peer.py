"""fpdf2: text and lists by write_html, tables by its table(), charts as rectangles; no float keeps with its caption."""

from html import escape

from common import FACES, FONTS, main, plain
from fpdf import FPDF, FontFace, TextStyle
from fpdf.outline import TableOfContents

MM = 25.4 / 72


class Pdf(FPDF):
    content = None

    def header(self):
        self.strip(self.content["header"][0], self.content["header"][1], self.content["margins"]["header"])

    def footer(self):
        page = f"Page {self.page_no()} of {{nb}}"
        self.strip(self.content["footer"], page, self.h - self.content["margins"]["footer"])

    def strip(self, left, right, y):
        face(self, self.content["styles"]["header"])
        self.set_y(y)
        self.cell(0, 0, left)
        self.set_x(self.l_margin)
        self.cell(0, 0, right, align="R")
        self.set_y(self.t_margin)


def face(pdf, s):
    pdf.set_font(s["font"], "B" * s["bold"] + "I" * s["italic"], s["size"])
    pdf.set_text_color(s["colour"])


def markup(runs):
    out = []
    for text, bold, italic, href in runs:
        words = "<br>" if text == "\n" else escape(text, quote=False)
        words = f"<b>{words}</b>" if bold else words
        words = f"<i>{words}</i>" if italic else words
        out.append(f'<a href="{escape(href)}">{words}</a>' if href else words)
    return "".join(out)


def make(c):
    pdf = Pdf(format=c["page"])
    pdf.content, m = c, c["margins"]
    pdf.set_margins(m["left"], m["top"], m["right"])
    pdf.set_auto_page_break(True, m["bottom"])
    for (name, bold, italic), file in FACES.items():
        pdf.add_font(name, "B" * bold + "I" * italic, str(FONTS / file))
    pdf.set_title(c["title"])
    pdf.set_author(c["author"])
    pdf.set_lang(c["language"])
    levels = []
    for level in (1, 2, 3):
        s = c["styles"][f"heading-{level}"]
        style = "B" * s["bold"] + "I" * s["italic"]
        levels.append(TextStyle(s["font"], style, s["size"], s["colour"], t_margin=s["before"] * MM, b_margin=s["after"] * MM))
    pdf.set_section_title_styles(*levels)
    link = FontFace(color=c["colours"]["link"])
    for b in c["blocks"]:
        for each in b["entries"] if b["k"] == "sources" else ():
            pdf.add_link(name=each[1])
    pdf.add_page()

    def html(role, runs, wrap="p"):
        s = c["styles"][role]
        face(pdf, s)
        text = f'<{wrap} line-height="{s["leading"] / s["size"]:.2f}">{markup(runs)}</{wrap}>'
        pdf.write_html(text, font_family=s["font"], tag_styles={"a": link, "p": TextStyle(b_margin=s["after"] * MM)})

    def line(role, text):
        s = c["styles"][role]
        face(pdf, s)
        pdf.multi_cell(0, s["leading"] * MM, text, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(s["after"] * MM)

    def items(b):
        tag = f'ol start="{b["start"]}"' if b["start"] else "ul"
        inner = ("".join(items(each) if each["k"] == "list" else markup(each["runs"]) for each in item) for item in b["items"])
        return f"<{tag}><li>{'</li><li>'.join(inner)}</li></{tag[:2]}>"

    def flow(blocks, body="body"):
        for b in blocks:
            block(b, body)

    def block(b, body):
        match b["k"]:
            case "title":
                if b["kicker"]:
                    line("kicker", b["kicker"])
                line("title", plain(b["runs"]))
                if b["subtitle"]:
                    line("subtitle", b["subtitle"])
            case "heading":
                pdf.set_x(pdf.l_margin)
                pdf.start_section(plain(b["runs"]), level=b["level"] - 1)
            case "p":
                html(body if b["role"] == "body" else b["role"], b["runs"])
            case "list":
                face(pdf, c["styles"]["bullet"])
                family = c["styles"]["bullet"]["font"]
                pdf.write_html(items(b), font_family=family, tag_styles={"a": link, "li": TextStyle(l_margin=4, b_margin=0.8)})
            case "details":
                for term, runs in b["entries"]:
                    html("small", [[f"{term}: ", True, False, ""], *runs])
            case "table":
                table(b)
            case "chart":
                line("caption", plain(b["caption"]))
                drawing(b["drawing"])
                if b["source"]:
                    html("source", b["source"])
            case "numbers":
                with pdf.table(col_widths=[1] * len(b["items"]), first_row_as_headings=False, borders_layout="NONE") as rows:
                    for role, index in (("key-number", 0), ("key-label", 1)):
                        row = rows.row()
                        s = c["styles"][role]
                        for item in b["items"]:
                            row.cell(plain(item[index]), style=FontFace(s["font"], "B" * s["bold"], s["size"], s["colour"]))
            case "callout":
                line("callout-title", plain(b["title"]))
                flow(b["blocks"], "callout")
            case "contents":
                line("heading-1", b["title"])
                face(pdf, c["styles"]["contents"])
                pdf.insert_toc_placeholder(TableOfContents().render_toc, pages=1, allow_extra_pages=True)
            case "sources":
                for number, key, runs in b["entries"]:
                    pdf.set_link(name=key, y=pdf.y)
                    html("source-entry", [[f"[{number}] ", False, False, ""], *runs])
            case "break":
                pdf.add_page()

    def table(b):
        if b["caption"]:
            line("caption", plain(b["caption"]))
        head, cell = c["styles"]["table-head"], c["styles"]["table-cell"]
        face(pdf, cell)
        pdf.set_draw_color(c["colours"]["rule"])
        heads = FontFace(head["font"], "BOLD", head["size"], head["colour"], c["colours"]["accent"])
        align = [{"left": "L", "center": "C", "right": "R"}[a] for a in b["align"]]
        options = {"col_widths": b["weights"], "text_align": align, "headings_style": heads, "line_height": cell["leading"] * MM}
        with pdf.table(
            borders_layout="HORIZONTAL_LINES",
            cell_fill_color=tuple(bytes.fromhex(c["colours"]["shade"][1:])),
            cell_fill_mode="EVEN_ROWS",
            **options,
        ) as rows:
            for each in [b["head"], *b["rows"]]:
                row = rows.row()
                for runs in each:
                    row.cell(plain(runs))
        if b["source"]:
            html("source", b["source"])

    def drawing(d):
        if pdf.will_page_break(d["height"] * MM):
            pdf.add_page()
        left, top = pdf.l_margin, pdf.y
        for i in d["items"]:
            pdf.set_fill_color(i["c"])
            pdf.set_draw_color(i["c"])
            if i["k"] == "rect":
                pdf.rect(left + i["x"] * MM, top + i["y"] * MM, i["w"] * MM, i["h"] * MM, style="F")
            elif i["k"] == "line":
                pdf.set_line_width(i["w"] * MM)
                pdf.polyline([(left + x * MM, top + y * MM) for x, y in i["points"]])
            elif i["k"] == "dot":
                pdf.circle(left + i["x"] * MM, top + i["y"] * MM, i["r"] * MM, style="D" if i["hollow"] else "F")
            else:
                pdf.set_font("Source Sans 3", "B" * i["bold"], i["size"])
                pdf.set_text_color(i["c"])
                shift = {"left": 0, "center": 0.5, "right": 1}[i["align"]] * pdf.get_string_width(i["text"])
                pdf.text(left + i["x"] * MM - shift, top + i["y"] * MM, i["text"])
        pdf.set_y(top + d["height"] * MM)

    flow(c["blocks"])
    return bytes(pdf.output())


if __name__ == "__main__":
    main(make)
