"""What a mail says: the summary as text and as a page for mail programs, after the note, the changes and what comes with it."""

from __future__ import annotations

import textwrap
from html import escape
from typing import NamedTuple

from briefing.deliver.mail_page import Blocks, Rules, rules_of

CLIPPED = 100_000  # bytes: Gmail cuts a page off at 102 KB and hides the rest behind a link


class Said(NamedTuple):
    """The words of a mail around its summary. `links` are names with their addresses, where the files are not attached."""

    marking: str
    note: str
    changes: tuple[str, ...]
    attached: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


# ------------------------------------------------------------------------------------------------------------------- text


def text_body(summary: str, said: Said) -> str:
    """Return the plain text of a mail, in lines of 78 columns where words allow, each ended by a line feed."""
    parts = [said.marking, _filled(said.note)]
    if said.changes:
        parts.append("What changed since the edition before:\n" + "\n".join(_item(change) for change in said.changes))
    if any(parts[1:]):
        parts.append("-" * 78)
    parts.append(summary.replace("\r\n", "\n").strip("\n"))
    if said.attached or said.links:
        parts.append("-" * 78)
    if said.attached:
        parts.append("Attached:\n" + "\n".join(f"- {name}" for name in said.attached))
    if said.links:
        parts.append("The documents:\n" + "\n".join(f"- {name}\n  {url}" for name, url in said.links))
    return "\n\n".join(filter(None, [*parts, said.marking])) + "\n"


def _filled(text: str) -> str:
    return "\n".join(textwrap.fill(line, 78, break_long_words=False, break_on_hyphens=False) for line in text.splitlines())


def _item(text: str) -> str:
    return textwrap.fill(text, 78, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


# ------------------------------------------------------------------------------------------------------------------- page


def html_body(page: str, title: str, language: str, said: Said) -> str:
    """Return the page of a mail, at most CLIPPED bytes of UTF-8: blocks that would be beyond are left out at the end, and it says so.

    `page` is a rendition's: its look is taken over, whatever it holds is made safe.
    """
    rules = rules_of(page)
    reader = Blocks(rules)
    reader.feed(page)
    reader.close()
    style = rules.inline
    head, tail = _around(said, rules)
    start = (
        f'<!DOCTYPE html>\n<html lang="{escape(language or "en")}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light">\n'
        f"<title>{escape(title, quote=False)}</title>\n</head>\n"
        f"<body{style('body', 'margin: 0; padding: 0; background: var(--paper); color: var(--text)')}>\n"
        f"<div{style('main', 'max-width: 680px; margin: 0 auto; padding: 12px 16px; background: var(--paper); color: var(--text); font-family: var(--serif); font-size: 17px; line-height: 1.4')}>\n"
    )
    end = "</div>\n</body>\n</html>\n"
    cut = f'<p lang="en"{style("p", "font-weight: bold")}>The rest is left out here: mail programs cut longer mails off. The documents have all of it.</p>\n'
    room = CLIPPED - sum(map(_octets, (start, head, tail, end, cut)))
    kept = []
    for block in reader.blocks:
        room -= _octets(block) + 2
        if room < 0:
            kept.append(cut)
            break
        kept.append(block + "\n")
    return "".join((start, head, *kept, tail, end))


def _octets(text: str) -> int:
    """How long a text is in a mail, where a line ends in two characters."""
    return len(text.encode()) + text.count("\n")


def _around(said: Said, rules: Rules) -> tuple[str, str]:
    """What stands before and after the summary. Our own words are English, whatever the summary is in."""
    style = rules.inline
    banner = ""
    if said.marking:
        banner = f"<p{style('p.marking', 'margin: 0 0 12px; padding: 6px 12px; background: var(--accent); color: var(--on-accent); text-align: center; font-weight: bold')}>{escape(said.marking, quote=False)}</p>\n"
    head = [banner]
    label = style("p.label", "margin: 0 0 4px")
    if said.note:
        lines = "".join(
            f"<p{style('p', 'margin: 0 0 8px')}>{escape(line, quote=False)}</p>" for line in said.note.splitlines() if line
        )
        head.append(f"<div{style('div', 'margin: 0 0 16px; padding: 10px 14px; border: 2px solid var(--accent)')}>{lines}</div>\n")
    if said.changes:
        items = "".join(f"<li{style('li', 'margin: 0 0 4px')}>{escape(each, quote=False)}</li>" for each in said.changes)
        head.append(
            f"<div{style('div', 'margin: 0 0 16px; padding: 10px 14px; background: var(--shade)')}>"
            f'<p lang="en"{label}>What changed since the edition before</p>'
            f"<ul{style('ul', 'margin: 0; padding: 0 0 0 20px')}>{items}</ul></div>\n"
        )
    documents = [(name, escape(name, quote=False)) for name in said.attached]
    for name, url in said.links:
        documents.append((name, f'<a href="{escape(url)}"{style("a", "")}>{escape(name, quote=False)}</a>'))
    tail = ""
    if documents:
        word = "Attached" if said.attached else "The documents"
        items = "".join(f"<li{style('li', 'margin: 0 0 4px')}>{shown}</li>" for _, shown in documents)
        tail = (
            f"<div{style('div', 'margin: 20px 0 16px; padding: 10px 0 0; border-top: 1px solid var(--rule); font-family: var(--sans)')}>"
            f'<p lang="en"{label}>{word}</p><ul{style("ul", "margin: 0; padding: 0 0 0 20px")}>{items}</ul></div>\n'
        )
    return "".join(head), tail + banner
