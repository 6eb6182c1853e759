"""Random dossiers with a mark in every text of every record: what must not be seen has one of its own, and so has what may be.

Every text ends with a word that stands nowhere else ("qzbdfh"), every figure is a number of nine digits that nothing else is. So whoever
finds the word or the number in a file knows which record has got into it.
"""

from __future__ import annotations

import gzip
import html
import io
import json
import quopri
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st
from pypdf import PdfReader

from briefing.load.files import write_atomically

DAY = date(2025, 6, 1)
LADDER = ["open", "office", "vault"]
THEMES = ["alpha", "beta"]


class Marks:
    """Gives each record words and numbers of its own, and knows whether they are of what an open reader may see."""

    def __init__(self) -> None:
        self.words: dict[str, bool] = {}  # word or number -> hidden
        self.of: dict[str, list[str]] = {}  # fact -> the words of it and of its sources
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def word(self, hidden: bool) -> str:
        number = self._next()
        made = "qz" + "".join("bdfhjklmnprstvwx"[number >> 4 * place & 15] for place in (2, 1, 0)) + "yq"
        self.words[made] = hidden
        return made

    def number(self, hidden: bool) -> str:
        made = str(700_000_000 + 7919 * self._next())
        self.words[made] = hidden
        return made

    def hidden(self) -> list[str]:
        return [word for word, hidden in self.words.items() if hidden]

    def shown(self) -> list[str]:
        return [word for word, hidden in self.words.items() if not hidden]


@st.composite
def vaults(draw: st.DrawFn) -> tuple[dict[str, Any], Marks]:
    """A dossier as files of plain data, and its marks. For the clearance "open"; facts marked office and vault are hidden."""
    marks = Marks()
    sources: list[dict[str, Any]] = []
    files: dict[str, Any] = {}
    all_facts: list[dict[str, Any]] = []
    hidden_of: dict[str, bool] = {}

    def source(hidden: bool, own: bool) -> str:
        name = f"src-{marks.word(hidden)}"
        sources.append({
            "id": name, "title": f"Paper {marks.word(hidden)}", "publisher": f"House {marks.word(hidden)}", "kind": "primary",
            "author": f"Author {marks.word(hidden)}", "url": f"https://example.org/{marks.word(hidden)}", "published": "2025-05-02",
            "reliability": f"Good {marks.word(hidden)}", "cited_for": f"All {marks.word(hidden)}", "file": f"{marks.word(hidden)}.pdf",
            **({"marking": draw(st.sampled_from(LADDER[1:]))} if hidden and own else {}),
        })  # fmt: skip
        return name

    sections: dict[str, dict[str, Any]] = {}
    tables: dict[str, list[Any]] = {"agreements": [], "timeline": [], "key_figures": [], "charts": [], "differences": []}
    for theme in THEMES:
        facts: list[dict[str, Any]] = []
        for place in range(draw(st.integers(2, 4))):
            how = draw(st.sampled_from(["open", "open", "marked", "source", "derived"])) if place else "open"
            inputs = [fact for fact in [*all_facts, *facts] if hidden_of[fact["id"]] and "derived" not in fact]
            if how == "derived" and not inputs:
                how = "marked"
            hidden = how != "open"
            before = len(marks.words)
            name = f"f-{marks.word(hidden)}"
            hidden_of[name] = hidden
            says = f"Fact {marks.word(hidden)} speaks of {{amount}}"
            fact: dict[str, Any] = {
                "id": name, "label": f"Label {marks.word(hidden)}", "status": draw(st.sampled_from(["happened", "in-force", "expected"])),
                "when": draw(st.sampled_from(["2025-03-04", "2025-09-08"])), "note": f"Note {marks.word(hidden)}",
                "subject": marks.word(hidden), "measure": marks.word(hidden),
            }  # fmt: skip
            if how == "derived":
                other = draw(st.sampled_from(inputs))["id"]
                fact["derived"] = {"amount": {"how": "sum", "of": [f"{other}.amount"] * 2, "because": f"Since {marks.word(True)}"}}
            else:
                note = f"Basis {marks.word(hidden)}"
                fact["figures"] = {"amount": {"value": int(marks.number(hidden)), "unit": "EUR", "note": note}}
                fact["sources"] = [f"{source(hidden, how == 'source')}#7"]
                if not hidden and draw(st.booleans()):
                    fact["sources"].append(f"{source(True, True)}#3")  # another source of an open fact may be hidden
            fact["says"] = f"{says}."
            if how == "marked":
                fact["marking"] = draw(st.sampled_from(LADDER[1:]))
            facts.append(fact)
            marks.of[name] = list(marks.words)[before:]
        known = [*all_facts, *facts]
        openly = [fact for fact in known if not hidden_of[fact["id"]]]
        for fact in facts:  # what becomes of facts is told by hidden ones
            if hidden_of[fact["id"]] and "derived" not in fact and draw(st.booleans()):
                fact[draw(st.sampled_from(["supersedes", "resolves"]))] = [draw(st.sampled_from(openly))["id"]]
        all_facts += facts

        def prose(fact: dict[str, Any], *, hidden: bool = False) -> Any:
            hides = hidden or hidden_of[fact["id"]]
            figure = draw(st.sampled_from(["", ".amount", ".says"]))
            text = f"Words {marks.word(hides)} about {{{fact['id']}{figure}}} here."
            return {"text": text, "marking": draw(st.sampled_from(LADDER[1:]))} if hidden else text

        def pieces(facts: list[dict[str, Any]] = facts) -> list[Any]:
            found: list[Any] = []
            for fact in facts:
                found.append(prose(fact, hidden=draw(st.booleans())))
                if hidden_of[fact["id"]] and draw(st.booleans()):  # the open have another text instead
                    found[-1] = [found[-1], f"Nothing is told {marks.word(False)}."]
            return found

        sections[theme] = {
            "judgement": prose(facts[0]), "happened": pieces(), "so_what": pieces(), "unknown": pieces(), "summary": pieces(),
            "expected": [fact["id"] for fact in facts], "key_numbers": [f"{fact['id']}.amount" for fact in facts],
        }  # fmt: skip
        files[f"seeds/{theme}.yaml"] = {"theme": theme, "section": sections[theme], "facts": facts}
    for fact in all_facts:
        hides = hidden_of[fact["id"]]
        own = draw(st.booleans())
        row = {"marking": "vault"} if own else {}
        hides_row = hides or own
        tables["agreements"].append(
            {"fact": fact["id"], "instrument": f"Pact {marks.word(hides_row)}", "object": f"Aim {marks.word(hides_row)}", **row}
        )
        tables["timeline"].append({"fact": fact["id"], "label": f"Event {marks.word(hides_row)}", **row})
        tables["key_figures"].append(
            {"figure": f"{fact['id']}.amount", "label": f"Row {marks.word(hides_row)}", "strip": True, **row}
        )
    for _ in range(2):
        chosen = draw(
            st.lists(
                st.sampled_from([fact for fact in all_facts if "derived" not in fact]),
                min_size=1,
                max_size=3,
                unique_by=lambda fact: fact["id"],
            )
        )
        own = draw(st.booleans())
        hides = own or any(hidden_of[fact["id"]] for fact in chosen)
        tables["charts"].append({
            "id": f"chart-{marks.word(hides)}", "kind": "bar", "title": f"Chart {marks.word(hides)}", "caption": f"Caption {marks.word(hides)}.",
            "alt": f"Bars {marks.word(hides)} of {{{chosen[0]['id']}.amount}}.", "theme": draw(st.sampled_from(THEMES)),
            "points": [{"figure": f"{fact['id']}.amount", "label": f"Bar {marks.word(hides)}"} for fact in chosen],
            **({"marking": "office"} if own else {}),
        })  # fmt: skip
        sides = draw(st.lists(st.sampled_from(all_facts), min_size=2, max_size=2, unique_by=lambda fact: fact["id"]))
        own = draw(st.booleans())
        hides = own or any(hidden_of[fact["id"]] for fact in sides)
        tables["differences"].append({
            "id": f"d-{marks.word(hides)}", "subject": f"Dispute {marks.word(hides)}", "kind": "conflict",
            "positions": [{"fact": fact["id"], "says": f"Side {marks.word(hides)} has {{{fact['id']}.amount}}."} for fact in sides],
            "used": f"Used {marks.word(hides)}.", **({"marking": "office"} if own else {}),
        })  # fmt: skip
    fact = draw(st.sampled_from(all_facts))
    hides = hidden_of[fact["id"]]
    secret = draw(st.booleans())
    whole = {
        "bottom_line": {"text": f"Line {marks.word(hides)} {{{fact['id']}}}."},
        "key_points": {theme: f"Point {marks.word(hides)} {{{fact['id']}.amount}}." for theme in THEMES},
        "context": [{"text": f"Context {marks.word(secret)}.", **({"marking": "office"} if secret else {})}],
        "implications": [{"text": f"If {marks.word(hides)}, then so.", "rests_on": [fact["id"]]}],
        "recommendations": [
            {"who": f"Desk {marks.word(hides or secret)}", "what": f"act on {marks.word(hides or secret)}.", "by": f"day {marks.word(hides or secret)}",
             "rests_on": [fact["id"]], **({"marking": "vault"} if secret else {})},
        ],
    }  # fmt: skip
    short, full = f"Q{marks.word(True)[:4].upper()}", f"Quiet {marks.word(True)}"
    hidden_fact = next((each for each in all_facts if hidden_of[each["id"]]), None)
    if hidden_fact is not None:
        hidden_fact["note"] += f" as {short}"
        files["seeds/abbreviations.yaml"] = {"abbreviations": {short: full}}
    files["seeds/dossier.yaml"] = {
        "dossier": {
            "title": "Vault", "subject": "Vault", "markings": LADDER,
            "themes": [{"id": theme, "title": f"Theme {theme}", "short": theme} for theme in THEMES],
        }
    }  # fmt: skip
    files["seeds/sources.yaml"] = {"sources": sources}
    files["seeds/whole.yaml"] = {"whole": whole, **tables}
    titled: dict[str, Any] = {"title": "Opening the vault", "rests_on": [], "otherwise": []}
    if hidden_fact is not None:
        titled = {
            "title": f"Opening {marks.word(True)}",
            "rests_on": [hidden_fact["id"]],
            "otherwise": [{"title": "Opening the vault"}],
        }
    clearance = draw(st.sampled_from([{}, {"clearance": "vault"}]))
    files["briefs/brief.yaml"] = {"kind": "brief", **titled, **clearance}
    files["briefs/page.yaml"] = {"kind": "summary", "full_brief": "brief", **titled, **clearance}
    files["briefs/inner.yaml"] = {"kind": "brief", "title": f"Inner {marks.word(True)}", "marking": "vault", "clearance": "vault"}
    return files, marks


def write(root: Path, files: dict[str, Any]) -> Path:
    for name, record in files.items():
        write_atomically(root / name, yaml.safe_dump(record, allow_unicode=True, sort_keys=False).encode(), lasting=False)
    return root


# ------------------------------------------------------------- another way into the same files, so that the scanner is not its own judge


def everything(name: str, data: bytes) -> str:
    """Return all that can be read of a file, in lower case and without anything but letters and digits."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", " ".join((name, *_texts(name, data)))).lower())


def _texts(name: str, data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "replace")
    yield data.decode("utf-16-be", "replace")
    if name.endswith(".pdf"):
        reader = PdfReader(io.BytesIO(data))
        for page in reader.pages:
            yield page.extract_text()
        for number in range(1, int(str(reader.trailer["/Size"]))):
            thing: Any = reader.get_object(number)
            if hasattr(thing, "get_data"):
                yield thing.get_data().decode("latin-1")
            yield str(thing)
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.namelist():
                yield from _texts(entry, archive.read(entry))
    elif data.startswith(b"\x1f\x8b"):
        yield from _texts(name.removesuffix(".gz"), gzip.decompress(data))
    elif name.endswith((".xml", ".html", ".rels")):
        text = data.decode()
        yield html.unescape(text)
        yield html.unescape(re.sub(r"<[^>]*>", "", text))
    elif name.endswith(("json", "jsonld")):
        yield json.dumps(json.loads(data), ensure_ascii=False)
    elif name.endswith(".eml"):
        yield quopri.decodestring(data).decode("utf-8", "replace")


def standing(words: list[str], outputs: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return which of the words stand in which of the outputs."""
    found = []
    for name, data in outputs.items():
        text = everything(name, data)
        found += [(name, word) for word in words if word in text]
    return found
