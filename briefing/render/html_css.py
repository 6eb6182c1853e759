"""The style sheet of a page, derived from the look: one role, one class; colours and type families as CSS variables.

On the screen, a look's point is the share of the body's size that makes running text 18 px; in print it is a point again. The dark
scheme turns every colour's lightness over and keeps its hue, so that a look needs no second palette.
"""

from __future__ import annotations

import colorsys

from briefing.look import PAGE_SIZES, ROLES, Faces, Look, Style
from briefing.model import Document

_CLOSER = 0.96  # of the type of a single page in print: browsers set it looser than the PDF, which has just the room
_ONE_PAGE = """\
.key-numbers { gap: 0.3rem 1.2rem; margin: 0.5rem 0; }
.key-numbers > li { padding-top: 0.2rem; }
.callout { margin-bottom: 0.5rem; padding-top: 0.3rem; padding-bottom: 0.3rem; }
li, .sources, .sources > li { margin-bottom: 0; }"""
PAPER = "#ffffff"  # what the words stand on where no colour is asked for, as on the printed page
_SCREEN_BODY = 1.125  # rem: 18 px, where the reader has not asked for another size
_SCREEN_LEADING = 1.08  # lines are longer on a screen than on paper, and set a little further apart
_GROUND = 0.65  # lightness from which a colour is one that words stand on
_STACKS = {
    "serif": '"Source Serif Pro", Charter, Georgia, Cambria, "Liberation Serif", "Times New Roman"',
    "sans-serif": '"Source Sans Pro", "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial',
}


def style_sheet(document: Document, look: Look) -> str:
    """Return the CSS of a document's page. It holds nothing of the document but its page size and its running words in print."""
    summary = document.kind == "summary"
    styles = {role: look.style(role, summary=summary) for role in ROLES}
    body = styles["body"]
    rules = [
        _variables(":root", {**look.colours, "paper": PAPER}, extra=_families(look)),
        f"@media screen and (prefers-color-scheme: dark) {{\n{_variables(':root', dark_colours(look))}\n}}",
        _BASE,
        *(_role_rule(role, style, body) for role, style in styles.items() if role != "body"),
        f"main {{ font-size: {_rem(body.size, body)}; line-height: {_line_height(body)}; }}",
        f"p {{ margin: 0 0 {_rem(body.after + 3.0, body)}; }}",
        _LAYOUT,
        _print_rules(document, look, body),
    ]
    return "\n".join(rules)


def colour_variables(look: Look) -> dict[str, str]:
    """Return the colours of a page as it is by day: those of the look, and its paper."""
    return {**look.colours, "paper": PAPER}


def dark_colours(look: Look) -> dict[str, str]:
    """Return the colours of the dark scheme: the same hues, light where the look is dark."""
    return {name: _turned(value) for name, value in colour_variables(look).items()}


def _turned(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    ground = lightness > _GROUND
    dark = 0.09 + 0.83 * (1.0 - lightness) if ground else 0.56 + 0.36 * (1.0 - lightness / _GROUND)
    turned = colorsys.hls_to_rgb(hue, dark, saturation * 0.75)
    return "#" + "".join(f"{round(part * 255):02x}" for part in turned)


def _variables(selector: str, colours: dict[str, str], extra: str = "") -> str:
    lines = "".join(f" --{name}: {value};" for name, value in colours.items())
    return f"{selector} {{{lines}{extra} }}"


def _families(look: Look) -> str:
    return f" --serif: {_stack(look.serif)}; --sans: {_stack(look.sans)};"


def _stack(faces: Faces) -> str:
    known = _STACKS.get(faces.fallback, "")
    return ", ".join(filter(None, (css_string(faces.name), known, faces.fallback)))


def css_string(text: str) -> str:
    """Return words as a CSS string that can end neither the string nor the style element around it."""
    return '"' + "".join(c if c.isalnum() or c in " -,.:" else f"\\{ord(c):x} " for c in text) + '"'


def _rem(points: float, body: Style) -> str:
    return f"{points / body.size * _SCREEN_BODY:.4g}rem"


def _line_height(style: Style) -> str:
    return f"calc({style.leading / style.size:.4g} * var(--loose))"


def _role_rule(role: str, style: Style, body: Style) -> str:
    parts = [
        f"font-family: var(--{style.family})",
        f"font-size: {_rem(style.size, body)}",
        f"line-height: {_line_height(style)}",
        f"color: var(--{style.colour})",
        f"font-weight: {'bold' if style.bold else 'normal'}",
        f"font-style: {'italic' if style.italic else 'normal'}",
        f"margin: {_rem(style.before, body)} 0 {_rem(style.after, body)}",
    ]
    return f".{role} {{ {'; '.join(parts)}; }}"


# Hairlines, columns and the like; every size is relative to the text's, every colour a variable.
_BASE = """\
*, ::before, ::after { box-sizing: border-box; }
:root { --loose: 1.08; color-scheme: light dark; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--text); font-family: var(--serif); font-variant-numeric: lining-nums; overflow-wrap: break-word; }
a { color: var(--link); text-underline-offset: 0.15em; text-decoration-thickness: 0.06em; }
a:hover { text-decoration-thickness: 0.12em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1, h2, h3, h4 { text-wrap: balance; }
ul, ol, dl, figure { margin: 0; padding: 0; }
[hidden] { display: none; }"""

_LAYOUT = """\
.skip { position: absolute; left: -100vw; padding: 0.6rem 1rem; background: var(--paper); font-family: var(--sans); z-index: 1; }
.skip:focus { left: 0; }
.page-head, .page-foot, main { max-width: 47rem; margin: 0 auto; padding: 0 1.25rem; }
.page-head { padding-top: 0.9rem; }
.page-head .header, .page-foot .footer { display: flex; flex-wrap: wrap; gap: 0 1.5rem; justify-content: space-between; margin: 0; }
.page-head .header { padding-bottom: 0.55rem; border-bottom: 1px solid var(--rule); }
.page-foot { padding-bottom: 2.5rem; }
.page-foot .footer { padding-top: 0.6rem; border-top: 1px solid var(--rule); }
.marking { margin: 0; padding: 0.3rem 1.25rem; background: var(--accent); color: var(--on-accent); font: bold 0.875rem/1.4 var(--sans); letter-spacing: 0.08em; text-align: center; text-transform: uppercase; }
main { padding-top: 2rem; padding-bottom: 2.5rem; }
main > :first-child { margin-top: 0; }
.title { text-wrap: balance; letter-spacing: -0.01em; }
.kicker { letter-spacing: 0.03em; }
.heading-1 { padding-top: 0.7rem; border-top: 1px solid var(--rule); }
.summary .heading-1 { padding-top: 0; border-top: 0; }
.judgement { padding-left: 0.9rem; border-left: 4px solid var(--accent); }
.notice { padding: 0.45rem 0.9rem; border-left: 4px solid var(--second); background: var(--shade); }
.number, .cite, .nb { white-space: nowrap; }
.cite { font: normal 0.76em/1 var(--sans); color: var(--muted); }
.many { white-space: normal; }
.cite a { text-decoration: none; }
.cite a:hover, .cite a:focus { text-decoration: underline; }
th .cite, th .cite a, .marking a { color: inherit; }
tbody th .cite { color: var(--muted); }
tbody th .cite a { color: var(--link); }
.bullets { padding-left: 1.25rem; margin-bottom: 0.9rem; }
.bullets li::marker { color: var(--accent); }
li > .bullets, li > .steps, li > div > .bullets, li > div > .steps { margin: 0.3rem 0 0.4rem; }
.steps, .sources, .contents ul, .key-numbers { list-style: none; }
.steps { margin-bottom: 0.9rem; }
.steps > li, .sources > li { display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: 0.6rem; }
.steps .mark { min-width: 1.4rem; font-family: var(--sans); font-weight: bold; color: var(--accent); }
.sources { margin-bottom: 1.5rem; }
.sources .mark { min-width: 1.7rem; color: var(--muted); }
.sources > li:target { background: var(--shade-strong); outline: 0.3rem solid var(--shade-strong); }
li p:last-child, .callout > :last-child, li > div > p:last-child { margin-bottom: 0; }
.details { margin: 0 0 1.1rem; font-family: var(--sans); }
.details > div { display: grid; grid-template-columns: minmax(0, 11rem) minmax(0, 1fr); column-gap: 1.2rem; align-items: baseline; padding: 0.22rem 0; }
.details dt { margin: 0; }
.details dd { margin: 0; font-size: 0.9em; line-height: 1.45; }
.identity { padding: 0.5rem 0; border-top: 2px solid var(--accent); border-bottom: 1px solid var(--rule); }
.abbreviations > div { grid-template-columns: minmax(0, 6.5rem) minmax(0, 1fr); }
.abbreviations dt { color: var(--text); }
.end-matter > div { border-top: 1px solid var(--rule); padding: 0.4rem 0; }
.contents { margin: 0 0 1.5rem; padding: 0.9rem 1.1rem 1rem; background: var(--shade); }
.contents > ul { columns: 2 16rem; column-gap: 2rem; }
.contents li { break-inside: avoid; }
.contents ul ul { padding-left: 1.2rem; }
.contents a { text-decoration: none; }
.contents a:hover, .contents a:focus { text-decoration: underline; }
.contents .label { margin-top: 0; }
.callout { margin: 1.2rem 0 1.4rem; padding: 0.9rem 1.1rem 1rem; background: var(--shade); border-top: 3px solid var(--accent); }
.callout > p, .callout li { margin-top: 0; }
.callout .bullets, .callout .steps, .callout li:last-child { margin-bottom: 0; }
.bottom-line { border-top: 0; border-left: 6px solid var(--accent); background: var(--shade-strong); }
.changes, .watch, .note { background: none; border: 1px solid var(--rule); border-top: 3px solid var(--accent); }
.note { border-top-width: 1px; }
.key-numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(11.5rem, 1fr)); gap: 1rem 1.4rem; margin: 1.2rem 0 1.4rem; }
.key-numbers:has(> :nth-child(4):last-child) { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.key-numbers > li { padding-top: 0.5rem; border-top: 3px solid var(--accent); }
.key-number { text-wrap: balance; }
.table-block { margin: 1.2rem 0 1.5rem; }
.table-scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; }
caption > span { display: block; max-width: min(100%, 100vw - 2.5rem); }
th, td { padding: 0.4rem 0.6rem; text-align: left; vertical-align: top; }
thead th { background: var(--accent); vertical-align: bottom; }
tbody th, tbody td { border-bottom: 1px solid var(--rule); }
tbody th { font-weight: bold; }
tbody tr:nth-child(even) { background: var(--shade); }
.right { text-align: right; font-variant-numeric: lining-nums tabular-nums; }
.center { text-align: center; }
.chart { margin: 1.2rem 0 1.5rem; }
.chart svg { display: block; width: 100%; height: auto; margin: 0.5rem 0 0.2rem; font-family: var(--sans); }
.chart .narrow { display: none; }
.source { margin-bottom: 0; }
@media (max-width: 36rem) {
.chart .wide { display: none; }
.chart .narrow { display: block; }
.title { font-size: 1.75rem; line-height: 1.2; }
.page-head, .page-foot, main { padding-left: 1rem; padding-right: 1rem; }
.details > div { display: block; padding: 0.3rem 0; }
.abbreviations > div { display: grid; grid-template-columns: minmax(0, 5rem) minmax(0, 1fr); column-gap: 0.6rem; }
.key-numbers { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.key-number .number { white-space: normal; }
.some { min-width: 34rem; }
.many-columns { min-width: 44rem; }
}
@media (prefers-contrast: more) { a { text-decoration: underline; } }"""


def _print_rules(document: Document, look: Look, body: Style) -> str:
    margins = look.summary_margins if document.one_page else look.margins
    width, height = PAGE_SIZES[document.page]
    before, _, after = document.page_label.partition("{page}")
    between, _, after = after.partition("{pages}")
    counted = f"{css_string(before)} counter(page) {css_string(between)} counter(pages) {css_string(after)}"
    box = "font: 8.5pt var(--sans); color: var(--muted);"
    closer = f"\n{_ONE_PAGE}" if document.one_page else ""
    return f"""\
@page {{ size: {width:.2f}pt {height:.2f}pt; margin: {margins.top:g}mm {margins.right:g}mm {margins.bottom:g}mm {margins.left:g}mm;
@top-left {{ content: {css_string(document.header_left)}; {box} }}
@top-center {{ content: {css_string(document.marking.upper())}; {box} font-weight: bold; }}
@top-right {{ content: {css_string(document.header_right)}; {box} }}
@bottom-left {{ content: {css_string(document.footer_left)}; {box} }}
@bottom-right {{ content: {counted}; {box} }} }}
@media print {{
:root {{ --loose: 1; }}
html {{ font-size: {body.size / _SCREEN_BODY * (_CLOSER if document.one_page else 1.0):.4g}pt; }}
.page-head, .page-foot, .skip, .marking {{ display: none; }}
main {{ max-width: none; padding: 0; }}
a {{ color: inherit; text-decoration: none; }}
p, li {{ orphans: 2; widows: 2; }}
h1, h2, h3, h4, .label, .callout-title, caption, figcaption {{ break-after: avoid; }}
tr, figure, .keep, .callout, .contents, .key-numbers, .sources > li, .details > div {{ break-inside: avoid; }}
.source {{ break-before: avoid; }}
.identity {{ display: grid; grid-template-columns: 1fr 1fr; column-gap: 1.5rem; padding: 0.25rem 0; }}
.identity > div {{ grid-template-columns: minmax(0, 7.8rem) minmax(0, 1fr); column-gap: 0.5rem; padding: 0.06rem 0; }}
.contents > ul {{ columns: 2; }}
html, body, main {{ min-height: 0; margin-bottom: 0; padding-bottom: 0; }}{closer}
.page-break {{ break-before: page; }}
.table-scroll {{ overflow: visible; }}
.chart .wide {{ display: block; }}
.chart .narrow {{ display: none; }}
thead th, .callout, .notice, .contents, tbody tr {{ -webkit-print-color-adjust: exact; print-color-adjust: exact; }}
}}"""
