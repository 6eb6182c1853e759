"""WeasyPrint: HTML and CSS to PDF, charts as inline SVG. BENCH_TAGS=1: tagged (PDF/UA-1)."""

import os
from html import escape

from common import FACES, FONTS, main
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

OPTIONS = {"pdf_variant": "pdf/ua-1"} if os.environ.get("BENCH_TAGS") == "1" else {}
fonts = FontConfiguration()


def runs(all_runs):
    out = []
    for text, bold, italic, href in all_runs:
        words = "<br>" if text == "\n" else escape(text)
        if bold:
            words = f"<b>{words}</b>"
        if italic:
            words = f"<i>{words}</i>"
        out.append(f'<a href="{escape(href)}">{words}</a>' if href else words)
    return "".join(out)


def blocks(all_blocks):
    return "".join(map(block, all_blocks))


def block(b):
    match b["k"]:
        case "title":
            kicker = f'<p class="kicker">{escape(b["kicker"])}</p>' if b["kicker"] else ""
            subtitle = f'<p class="subtitle">{escape(b["subtitle"])}</p>' if b["subtitle"] else ""
            return f'{kicker}<h1 class="title">{runs(b["runs"])}</h1>{subtitle}'
        case "heading":
            level = b["level"]
            return f'<h{level + 1} class="heading-{level}" id="{b["id"]}">{runs(b["runs"])}</h{level + 1}>'
        case "p":
            return f'<p class="{b["role"]}">{runs(b["runs"])}</p>'
        case "list":
            tag = f'ol start="{b["start"]}"' if b["start"] else "ul"
            items = "".join(f"<li>{blocks(item)}</li>" for item in b["items"])
            return f"<{tag}>{items}</{tag[:2]}>"
        case "details":
            entries = (f'<dt class="term">{escape(t)}</dt><dd class="small">{runs(r)}</dd>' for t, r in b["entries"])
            return f"<dl>{''.join(entries)}</dl>"
        case "table":
            total = sum(b["weights"])
            cols = "".join(f'<col style="width:{100 * w / total:.1f}%">' for w in b["weights"])
            head = cells("th", "table-head", b["head"], b["align"])
            rows = "".join(cells("td", "table-cell", row, b["align"]) for row in b["rows"])
            caption = f'<caption class="caption">{runs(b["caption"])}</caption>' if b["caption"] else ""
            table = f"<table>{caption}<colgroup>{cols}</colgroup><thead>{head}</thead><tbody>{rows}</tbody></table>"
            return table + source(b)
        case "chart":
            return f'<figure><p class="caption">{runs(b["caption"])}</p>{svg(b["drawing"], b["alt"])}</figure>{source(b)}'
        case "numbers":
            items = (f'<div><p class="key-number">{runs(v)}</p><p class="key-label">{runs(r)}</p></div>' for v, r in b["items"])
            return f'<div class="numbers">{"".join(items)}</div>'
        case "callout":
            title = f'<p class="callout-title">{runs(b["title"])}</p>' if b["title"] else ""
            return f'<aside class="callout">{title}{blocks(b["blocks"])}</aside>'
        case "contents":
            lines = (f'<li class="l{level}"><a href="#{target}">{escape(text)}</a></li>' for level, text, target in b["entries"])
            return f'<p class="heading-1">{escape(b["title"])}</p><ul class="contents">{"".join(lines)}</ul>'
        case "sources":
            return "".join(f'<p class="source-entry" id="{i}">[{n}] {runs(r)}</p>' for n, i, r in b["entries"])
        case _:
            return '<p style="break-before: page"></p>'


def cells(tag, name, all_cells, align):
    inner = "".join(f'<{tag} class="{name} {a}">{runs(r)}</{tag}>' for r, a in zip(all_cells, align, strict=True))
    return f"<tr>{inner}</tr>"


def source(b):
    return f'<p class="source">{runs(b["source"])}</p>' if b["source"] else ""


def svg(d, alt):
    out = []
    for i in d["items"]:
        if i["k"] == "rect":
            out.append(f'<rect x="{i["x"]}" y="{i["y"]}" width="{i["w"]}" height="{i["h"]}" fill="{i["c"]}"/>')
        elif i["k"] == "line":
            points = " ".join(f"{x},{y}" for x, y in i["points"])
            dash = f' stroke-dasharray="{i["dash"]}"' if i["dash"] else ""
            out.append(f'<polyline points="{points}" fill="none" stroke="{i["c"]}" stroke-width="{i["w"]}"{dash}/>')
        elif i["k"] == "dot":
            fill = "#fff" if i["hollow"] else i["c"]
            out.append(f'<circle cx="{i["x"]}" cy="{i["y"]}" r="{i["r"]}" fill="{fill}" stroke="{i["c"]}"/>')
        else:
            anchor = {"left": "start", "center": "middle", "right": "end"}[i["align"]]
            weight = ' font-weight="bold"' if i["bold"] else ""
            place = f'x="{i["x"]}" y="{i["y"]}" font-size="{i["size"]}" text-anchor="{anchor}" fill="{i["c"]}"'
            out.append(f'<text {place} font-family="Source Sans 3"{weight}>{escape(i["text"])}</text>')
    width, height = d["width"], d["height"]
    inner = "".join(out)
    return f'<svg viewBox="0 0 {width} {height}" width="{width}pt" height="{height}pt" role="img" aria-label="{escape(alt)}">{inner}</svg>'


def css(c):
    faces = "".join(
        f'@font-face{{font-family:"{name}";font-weight:{"bold" if bold else "normal"};font-style:{"italic" if italic else "normal"};'
        f'src:url("{(FONTS / file).as_uri()}")}}'
        for (name, bold, italic), file in FACES.items()
    )
    styles = "".join(f".{role}{{{declare(s)};margin:{s['before']}pt 0 {s['after']}pt}}" for role, s in c["styles"].items())
    m, colour = c["margins"], c["colours"]
    left, right = c["header"]
    small = declare(c["styles"]["header"])
    return f"""{faces}{styles}
@page {{ size: {c["page"]}; margin: {m["top"]}mm {m["right"]}mm {m["bottom"]}mm {m["left"]}mm;
  @top-left {{ content: "{left}"; {small} }} @top-right {{ content: "{right}"; {small} }}
  @bottom-left {{ content: "{c["footer"]}"; {small} }}
  @bottom-right {{ content: "Page " counter(page) " of " counter(pages); {small} }} }}
body {{ {declare(c["styles"]["body"])}; margin: 0 }} a {{ color: {colour["link"]}; text-decoration: none }}
h1, h2, h3, h4 {{ break-after: avoid }} li > p.body {{ {declare(c["styles"]["bullet"])}; margin: 0 0 3pt }}
ul, ol {{ margin: 0 0 4pt; padding-left: 14pt }} dl {{ display: grid; grid-template-columns: auto 1fr; gap: 2pt 12pt; margin: 0 }} dd {{ margin: 0 }}
table {{ width: 100%; border-collapse: collapse }} th {{ background: {colour["accent"]} }} tr {{ break-inside: avoid }}
td, th {{ padding: 3pt 4pt; border-bottom: .25pt solid {colour["rule"]}; text-align: left }} .right {{ text-align: right }}
.center {{ text-align: center }} tr:nth-child(even) td {{ background: {colour["shade"]} }} caption {{ text-align: left }}
figure {{ margin: 0; break-inside: avoid }} .numbers {{ display: flex; gap: 8pt }}
.numbers > div {{ flex: 1; border-top: 1.5pt solid {colour["accent"]} }}
aside {{ background: {colour["shade"]}; border-left: 3pt solid {colour["accent"]}; padding: 10pt; margin: 6pt 0 }}
.contents {{ list-style: none; padding: 0 }} .contents .l2 {{ margin-left: 12pt }} .contents a {{ color: {colour["text"]} }}
.contents a::after {{ content: leader(dotted) target-counter(attr(href url), page) }}"""


def declare(s):
    weight, slope = "bold" if s["bold"] else "normal", "italic" if s["italic"] else "normal"
    return f'font: {slope} {weight} {s["size"]}pt/{s["leading"]}pt "{s["font"]}"; color: {s["colour"]}'


def make(c):
    head = f"<meta charset=utf-8><title>{escape(c['title'])}</title><style>{css(c)}</style>"
    page = f'<!doctype html><html lang="{c["language"]}"><head>{head}</head><body>{blocks(c["blocks"])}</body></html>'
    return HTML(string=page).write_pdf(font_config=fonts, **OPTIONS)


if __name__ == "__main__":
    main(make)
