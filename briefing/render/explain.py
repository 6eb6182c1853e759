"""What `explain` has found, as one screen of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

WIDTH = 110
_TERM = 12  # columns for the terms at the left
_PLACES = 16  # of a document; the record has all
_LOSSES = 8  # of a document, without a source
_FACTS = 6  # with one figure
_DIFFERENCES = 3

Record = Mapping[str, Any]


def render(record: Record) -> str:
    """Return the record of `briefing.compose.explain` as lines of at most 110 columns; long lists end with how many more there are."""
    kind = {"fact": _fact, "source": _source, "figure": _figure}[record["explains"]]
    lacking = [_clip(f"{each['document']} is not made: {each['because']}") for each in record["not_made"]]
    return "\n".join([*kind(record), *lacking]) + "\n"


# -------------------------------------------------------------------------------------------------------------------- a fact


def _fact(record: Record) -> Iterator[str]:
    if not record["known"]:
        yield _clip(f"{record['id']}: a fact, not known on {record['as_of']}")
        yield from _term(
            "Known", f"from {record['known_from'] or 'no day: it has no source that is there'}; no document of that day names it"
        )
        return
    yield _clip(f"{record['id']}: a fact of the theme {record['theme'] or '(none)'}, as of {record['as_of']}")
    yield from _told(record)
    for key, figure in record["figures"].items():
        yield from _term("Figures" if key == next(iter(record["figures"])) else "", f"{key}: {_worded(figure)}")
    dates = [f"{name} {record[name]}" for name in ("when", "due") if record[name]]
    yield from _term("Dates", "; ".join(dates))
    yield from _term("Status", record["status"])
    yield from _term("State", f"{record['state']}: {record['state_because']}")
    yield from _term("Freshness", f"{record['freshness']}: {record['freshness_because']}")
    yield from _sources(record["sources"])
    for term, key in (("Supersedes", "supersedes"), ("Resolves", "resolves")):
        yield from _term(term, ", ".join(record[key]))
    shown = record["differences"][:_DIFFERENCES]
    for each in shown:
        yield from _term("Disputed", f"{each['id']} ({each['class_words'].lower()}): {each['subject']}")
        others = [side["fact"] for side in each["positions"] if side["fact"] != record["id"]]
        yield from _term("", f"with {', '.join(others)}" if others else "")
        yield _clip(f"{'':{_TERM}}Used: {each['used']}")
    if len(record["differences"]) > len(shown):
        yield from _term("", f"... and {', '.join(each['id'] for each in record['differences'][len(shown) :])}")
    yield from _term("Note", record["note"] or "")
    yield from _standing(record["documents"])


def _told(record: Record) -> Iterator[str]:
    """Yield the sentence as of the day, and that of the fact's own sources where it is another."""
    if record["told_by"]:
        yield from _term("Now told", f"{record['sentence']} (by {record['told_by']})")
    yield from _term("Says", record["statement"])
    if not record["told_by"] and record["sentence"] != record["statement"]:
        yield from _term("In print", record["sentence"])


def _worded(figure: Record) -> str:
    parts = [figure["words"]]
    derived = figure.get("derived")
    parts += [f"computed: {derived['how']} of {', '.join(derived['of'])}"] if derived else []
    parts += [f"period {figure['period']}"] if figure.get("period") else []
    parts += [figure["note"]] if figure.get("note") else []
    return "; ".join(parts)


def _sources(sources: Sequence[Record]) -> Iterator[str]:
    for at, ref in enumerate(sources):
        dated = f"{ref['date'] or 'undated'}{' (estimated)' if ref['date'] and ref['date_estimated'] else ''}"
        words = f"{ref['source']}#{','.join(map(str, ref['paragraphs']))}, {ref['kind']}, {dated}: {ref['title']}"
        yield from _term("" if at else "Sources", words)


def _standing(documents: Sequence[Record]) -> Iterator[str]:
    for each in documents:
        places = each["places"]
        yield ""
        yield f"{each['document']} ({each['kind']}): {_count(len(places), 'place') if places else 'nowhere'}"
        yield from _places(places, _PLACES)
        for place in each["left_out"]:
            why = f", {place['because']}" if place["because"] else ""
            yield _clip(f"  left out to fit one page ({place['item'] or 'with what it stood in'}{why}): {place['words']}")


def _places(places: Sequence[Record], limit: int) -> Iterator[str]:
    for place in places[:limit]:
        page = f", page {place['page']}" if place["page"] else ""
        yield _around(f"  {place['under']}, {place['block']}{page}: ", place)
    yield from _more(len(places), limit, "place")


# ------------------------------------------------------------------------------------------------------------------ a source


def _source(record: Record) -> Iterator[str]:
    facts = record["facts"]
    alone = [each["fact"] for each in facts if each["alone"]]
    yield _clip(f"{record['id']}: a {record['kind']} source, as of {record['as_of']}")
    yield from _term("Title", ", ".join(filter(None, (record["title"], record["author"], record["publisher"]))))
    because = f" ({record['dated_because']})" if record["dated_because"] else ""
    dated = record["published"] or (f"{record['dated']}, estimated{because}" if record["dated"] else "not stated")
    yield from _term("Date", f"{dated}; counts as known from {record['known_by']}")
    if not record["known"]:
        yield from _term("", f"not known on {record['as_of']}; no document of that day draws on it")
        return
    yield from _term("Address", record["url"] or "")
    yield from _term("Digest", record["sha256"] or "")
    yield from _term("Cited by", f"{_count(len(facts), 'fact')}, of which {len(alone)} rest on it alone")
    yield from _names([f"{each['fact']}#{','.join(map(str, each['paragraphs']))}" for each in facts])
    for document in record["documents"]:
        going = document["would_go"]
        yield ""
        yield f"Without it {document['document']} ({document['kind']}) would lose: {_count(len(going), 'place') if going else 'nothing'}"
        yield from _places(going, _LOSSES)


def _names(names: Sequence[str]) -> Iterator[str]:
    lines = wrap(", ".join(names), WIDTH - _TERM, break_on_hyphens=False)
    for line in lines[:6]:
        yield f"{'':{_TERM}}{line}"
    if len(lines) > 6:
        yield f"{'':{_TERM}}... (--json gives all)"


# ------------------------------------------------------------------------------------------------------------------ a figure


def _figure(record: Record) -> Iterator[str]:
    facts = record["facts"]
    yield _clip(f"{record['what']}: a figure of {_count(len(facts), 'fact')}, as of {record['as_of']}")
    for fact in facts[:_FACTS]:
        yield ""
        yield _clip(f"{fact['id']} ({fact['status']}; {fact['state']}; {fact['freshness']})")
        yield from _term("Says", fact["statement"])
        yield from _term("Figure", "; ".join(f"{name}: {_worded(figure)}" for name, figure in fact["figures"].items()))
        yield from _sources(fact["sources"])
        for document in fact["documents"]:
            places = document["places"]
            yield from _term("Stands in", f"{document['document']}: {_count(len(places), 'place') if places else 'nowhere'}")
            for place in places[:3]:
                page = f", page {place['page']}" if place["page"] else ""
                yield _around(f"{'':{_TERM}}{place['under']}, {place['block']}{page}: ", place)
            yield from (f"{'':{_TERM}}{line.strip()}" for line in _more(len(places), 3, "place"))
            for place in document["left_out"]:
                yield _clip(f"{'':{_TERM}}left out to fit one page: {place['words']}")
    yield from _more(len(facts), _FACTS, "fact")


# --------------------------------------------------------------------------------------------------------------------- lines


def _term(term: str, words: str) -> Iterator[str]:
    """Yield words beside a term, broken over lines; nothing where there are none."""
    for at, line in enumerate(wrap(words, WIDTH - _TERM, break_on_hyphens=False, break_long_words=False)):
        yield f"{'' if at else term:{_TERM}}{line}"


def _more(number: int, limit: int, noun: str) -> Iterator[str]:
    if number > limit:
        yield f"  ... and {_count(number - limit, f'more {noun}')} (--json gives all)"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _around(head: str, place: Record) -> str:
    """Return a line of the place and the part of its sentence that the figure stands in."""
    words: str = place["words"]
    room = max(WIDTH - len(head), 30)
    figure = place["printed"][0] if place["printed"] else ""
    at = words.find(figure) + len(figure)
    if figure in words and at > room - 4:
        start = words.find(" ", min(at - room // 2, len(words) - room + 4))  # 4: the dots and a space
        words = f"...{words[start:]}" if 0 < start < at - len(figure) else words
    return _clip(head + words)


def _clip(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 4].rstrip()} ..."
