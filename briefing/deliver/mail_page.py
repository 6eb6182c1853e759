"""A page as mail programs can show it: an allow-list of elements, each with the look's rules written out on it.

They know little CSS: no variables, no grid, often no style sheet at all. Scripts, pictures and anything from outside do not get through, whatever
the page holds: what is written is made here, from names that are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

_PIXELS = 16  # CSS pixels of 1rem where the reader has not asked for another size
_TAGS = frozenset(
    [
        "a",
        "abbr",
        "aside",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hgroup",
        "hr",
        "i",
        "ins",
        "li",
        "nav",
        "ol",
        "p",
        "q",
        "s",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
_VOID = frozenset({"br", "col", "hr"})
_DROPPED = frozenset({"script", "style", "svg", "template", "noscript", "iframe", "object", "head", "title"})  # with all within
_KEPT = frozenset({"lang", "dir", "scope", "start", "colspan", "rowspan", "role", "aria-label"})
_PROPERTIES = re.compile(
    r"(?:background|background-color|border(?:-top|-bottom|-left|-right)?|border-collapse|color|font(?:-family|-size|-weight|-style)?|letter-spacing"
    r"|line-height|margin(?:-top|-bottom|-left|-right)?|padding(?:-top|-bottom|-left|-right)?|text-align|text-decoration|text-transform"
    r"|vertical-align|white-space|width)"
)
# What the page does with grids and nested rules, said with what mail programs have: floats and inline blocks.
_INSTEAD = {
    "ul.key-numbers": "margin: 16px 0; padding: 0; list-style: none",
    "ul.key-numbers li": "display: inline-block; width: 30%; min-width: 150px; margin: 0 2% 12px 0; padding-top: 8px; vertical-align: top; border-top: 3px solid var(--accent)",
    "div.key-number": "font-size: 20px; line-height: 1.2",
    "div.key-number span.number": "white-space: normal",
    "dl.details": "margin: 0 0 16px; padding: 8px 0; border-top: 2px solid var(--accent); border-bottom: 1px solid var(--rule)",
    "dl.details div": "overflow: hidden; padding: 3px 0",
    "dt": "float: left; width: 130px; margin: 0",
    "dd": "margin: 0 0 0 140px; font-family: var(--sans); font-size: 15px",
    "ol.sources": "margin: 14px 0 16px; padding: 0; list-style: none",
    "ol.steps": "margin: 0 0 16px; padding: 0; list-style: none",
    "ol li": "margin: 0 0 4px; overflow: hidden",
    "ol span.mark": "float: left; width: 30px",
    "ol div": "margin: 0 0 0 32px",
    "ul.bullets": "margin: 0 0 14px; padding: 0 0 0 20px",
    "li.bullet": "margin: 0 0 6px",
    "aside p": "margin: 0 0 8px",
    "p.callout-title": "margin: 0 0 4px",
    "span.cite": "font-size: 76%; white-space: nowrap",
    "figure": "margin: 16px 0; padding: 0",
    "table": "width: 100%; border-collapse: collapse; margin: 16px 0",
    "caption": "text-align: left",
    "th.table-head": "background: var(--accent)",
    "th": "text-align: left; vertical-align: top; padding: 6px 8px; border-bottom: 1px solid var(--rule)",
    "td": "text-align: left; vertical-align: top; padding: 6px 8px; border-bottom: 1px solid var(--rule)",
    "td.right": "text-align: right",
    "th.right": "text-align: right",
    "h2.heading-1": "margin: 20px 0 6px",
    "p.bottom-line": "margin: 0",
}
_FALLBACK = {
    "accent": "#1b3a5c",
    "on-accent": "#ffffff",
    "text": "#1a1a1a",
    "paper": "#ffffff",
    "rule": "#b8c2cc",
    "shade": "#eef2f6",
}


class Rules:
    """The rules of a page's style sheet that name one element or class, with their values worked out."""

    def __init__(self, variables: Mapping[str, str], rules: Mapping[str, dict[str, str]]) -> None:
        self.variables, self.rules = variables, rules
        self._known: dict[tuple[str, str], str] = {}

    def inline(self, selector: str, more: str, within: Sequence[str] = ()) -> str:
        """Return a style attribute, with a space before it, for "tag.class.class"; `more` goes over what the page says."""
        key = (f"{' '.join(within)} {selector}", more)
        if key not in self._known:
            tag, *classes = selector.split(".")
            found: dict[str, str] = {}
            for name in (tag, *(f".{each}" for each in classes)):
                found |= self.rules.get(name, {})
            names = [tag, *(f"{tag}.{each}" for each in classes)]
            for outer in within:
                names += [f"{outer} {name}" for name in names[: 1 + len(classes)]]
            for name in names:
                found |= self.declared(_INSTEAD.get(name, ""))
            found |= self.declared(more)
            text = "; ".join(f"{name}: {value}" for name, value in found.items())
            self._known[key] = f' style="{escape(text)}"' if text else ""
        return self._known[key]

    def declared(self, text: str) -> dict[str, str]:
        """Return declarations with variables put in, sums done and rem as pixels."""
        pairs = (part.partition(":") for part in text.split(";") if ":" in part)
        return {name.strip(): self.value(value.strip()) for name, _, value in pairs}

    def value(self, value: str) -> str:
        for _ in range(4):  # a variable may name another
            value = re.sub(r"var\(--([\w-]+)\)", lambda m: self.variables.get(m[1], _FALLBACK.get(m[1], "inherit")), value)
        value = re.sub(r"calc\(([\d.]+) \* ([\d.]+)\)", lambda m: f"{float(m[1]) * float(m[2]):.4g}", value)
        value = re.sub(r"(\d*\.?\d+)rem", lambda m: f"{float(m[1]) * _PIXELS:.3g}px", value)
        return value.replace('"', "'")


@lru_cache(8)
def _rules_of_sheet(sheet: str) -> Rules:
    variables: dict[str, str] = {}
    rules: dict[str, dict[str, str]] = {}
    plain = Rules(variables, rules)
    for selectors, body in re.findall(r"([^{}@;]+)\{([^{}]*)\}", _without_at_rules(sheet)):
        names = [name.strip() for name in selectors.split(",")]
        if names == [":root"]:
            variables.update(
                (name.strip()[2:], value.strip())
                for name, _, value in (part.partition(":") for part in body.split(";"))
                if name.strip().startswith("--") and not re.search(r"[<>\\]|url|expression", value)
            )
            continue
        for name in names:
            if re.fullmatch(r"\.?[a-z][a-z0-9-]*", name):
                kept = {p: v for p, v in plain.declared(body).items() if _PROPERTIES.fullmatch(p) and _harmless(v)}
                rules[name] = rules.get(name, {}) | kept
    return plain


def _harmless(value: str) -> bool:
    return not re.search(r"[<>\\]|url|expression|calc|minmax", value)


def rules_of(page: str) -> Rules:
    """Return the rules of a page of ours; one without a style sheet has none, and gets what `_INSTEAD` says."""
    return _rules_of_sheet("\n".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL)))


def _without_at_rules(sheet: str) -> str:
    """The sheet without @media and the like: mail is shown on a screen of unknown width, by day."""
    kept, depth, start = [], 0, 0
    hidden = -1  # the depth at which an at-rule began
    for match in re.finditer(r"@[^{};]*\{|[{}]", sheet):
        if match[0] == "}":
            depth -= 1
            if depth == hidden:
                hidden, start = -1, match.end()
            continue
        if match[0] != "{" and hidden < 0:
            kept.append(sheet[start : match.start()])
            hidden = depth
        depth += 1
    return "".join(kept) + (sheet[start:] if hidden < 0 else "")


class Blocks(HTMLParser):
    """Reads a page; `blocks` are the elements directly in its `main`, made plain."""

    def __init__(self, rules: Rules) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._rules = rules
        self._open: list[str] = []  # elements of the page that are open, "" for those not written
        self._parts: list[str] = []
        self._main = False
        self._skipped = 0  # how many elements deep in something that is dropped whole
        self._chart = False  # a picture's words have been said: the second size of the same picture is not

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "main":
            self._main = True
            return
        given = {name: value or "" for name, value in attrs}
        if self._skipped or tag in _DROPPED or "hidden" in given:
            if not self._skipped and tag == "svg" and self._main and not self._chart:
                self._chart = True
                words = given.get("aria-label", "")
                self._parts.append(f"<p{self._rules.inline('p.source', 'margin: 4px 0')}>{escape(words, quote=False)}</p>")
            self._skipped += tag not in {
                "meta",
                "link",
                "img",
                "input",
                "br",
                "hr",
                "col",
                "wbr",
                "base",
                "path",
                "rect",
                "line",
                "circle",
            }
            return
        if not self._main:
            return
        if tag == "figure":
            self._chart = False
        if tag == "a" and not re.match(r"(?:https?|mailto):", given.get("href", "")):
            tag = ""  # a place on this page: mail programs cannot go there
        elif tag not in _TAGS:
            tag = ""
        if tag in _VOID:
            self._parts.append(f"<{tag}>" if tag != "col" else "")
            return
        if tag:
            classes = "".join(f".{name}" for name in given.get("class", "").split())
            within = [
                each for each in self._open if each.partition(".")[0] in {"ul", "ol", "dl", "aside"} or each == "div.key-number"
            ]
            kept = "".join(f' {name}="{escape(value)}"' for name, value in given.items() if name in _KEPT)
            href = f' href="{escape(given["href"])}"' if tag == "a" else ""
            outer = [name for each in within[-1:] for name in {each.partition(".")[0], each}]
            self._parts.append(f"<{tag}{href}{kept}{self._rules.inline(tag + classes, '', sorted(outer))}>")
            self._open.append(tag + classes)
        else:
            self._open.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._main = False
            self._flush()
        elif self._skipped:
            self._skipped -= tag not in _VOID
        elif self._main and self._open and tag not in _VOID:
            name = self._open.pop().partition(".")[0]
            if name:
                self._parts.append(f"</{name}>")
            if not self._open:
                self._flush()

    def handle_data(self, data: str) -> None:
        if self._main and not self._skipped:
            self._parts.append(escape(data, quote=False))

    def _flush(self) -> None:
        while self._open:
            name = self._open.pop().partition(".")[0]
            self._parts.append(f"</{name}>" if name else "")
        block = "".join(self._parts).strip()
        if block:
            self.blocks.append(block)
        self._parts = []
