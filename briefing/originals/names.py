"""Finds proper names in a text: runs of capitalised words, acronyms, words that mix letters and digits.

A capital at the head of a sentence proves nothing. Such a word is a name if it goes on as one, if the rest of the document writes it
with a capital inside a sentence, or if it looks like none of the words that begin sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from briefing.originals.found import Found
from briefing.originals.words import CALENDAR, DEMONYMS, FUNCTION, HEADS, PARTICLES, SMALL, STARTERS, TITLES

_INSTITUTION = re.compile(
    r"(?:Ministry|Department|Organi[sz]ation|Agency|Institute|Institution|Cent(?:re|er)|Council|Committee|Commission|Board|Bureau|Office|Agreement|Treaty|"
    r"Forum|Partnership|Initiative|Association|Corporation|Conference|Convention|Declaration|Memorandum|Minister|Secretary|Dialogue|Fund|Programme|Program|"
    r"Plan|Bank|Framework|Federation|Authority|Academy|University|School|Union|Act|Code|Protocol|Charter|Strategy|Mission|Policy|Chamber|Directorate|"
    r"Vision|Year|Services|Relief|Cooperation|Operations|Arrangement|Intent|Statement|Roadmap|Pact|Accord)s?"
)  # fmt: skip
_ABSTRACT = re.compile(r"(?:tion|sion|ment|ence|ance|ture|ity|ogy|ics|ry|erce|arch|lth|ergy|aw|Science|Trade|Land|Food|Labour|Space|Small|Peace|Free|Planning|Supplies|Medium|Goods|Oil|Sport|Sports|Youth|Arts)$")  # fmt: skip
_ADJECTIVE = re.compile(
    r"(?:al|ic|ive|ary|able|[a-z]ed)$|^(?:Free|Open|Small|Medium|Micro|Special|Rules-Based|Clean|Green|New|Joint|Home)$"
)
_COMMON_ENDING = re.compile(r"(?:ing|ly|tions?|sions?|ments?|ness|it(?:y|ies)|ers|ors|ists|ed|ances?|ences?|able|ible|ful|less|ives?|ous|ways|ships?|ures?|ades|ports|ages|ims|ages|lists|icals?)$")  # fmt: skip

_LETTER = r"[^\W\d_]"
_PIECE = rf"(?:Ph\.D\.?|(?:{_LETTER}\.){{2,}}{_LETTER}?(?!\w)|{_LETTER}(?:[\w]|[’'](?!s\b|\s)|&(?=\w))*(?:\.\d+)?)"
_TOKEN = re.compile(rf"\d*(?:{_PIECE})(?:[-–‑/](?=\w)(?:{_PIECE}|\d+(?:\.\d+)?))*|\d+(?:[.,]\d+)*|&|\S")
_ABBREVIATED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|No|Rs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z])$")
_AT_HEAD = re.compile(r"(?:^|[.!?]\s)\s*$")
_SENTENCE_END = frozenset(".!?:•|·*")
_OPENING = frozenset("“\"‘'([«-–—")
_CODE = re.compile(r"^(?:[A-Z]{1,4}-?\d[\w-]*|\d{1,2}[A-Z]{1,3}|[A-Z][a-zA-Z]+-\d+[\w-]*)$")
_PERIOD = re.compile(r"^(?:FY\d\d.*|Q[1-4]|H[12])$")  # of a date
_ROMAN = re.compile(r"^[IVX]{1,4}$")
_VERSION = re.compile(r"^\d+\.\d+$|^\d{1,3}$")
MAX_HEADING = 24  # words


class Lexicon(msgspec.Struct, frozen=True):
    """What a document as a whole shows: words it writes in lower case, and words it writes with a capital inside sentences."""

    lower: frozenset[str] = frozenset()
    capital: frozenset[str] = frozenset()
    known: tuple[str, ...] = ()  # names declared beforehand, such as "G7" or "Digital Partnership 2.0"


NOTHING_SEEN = Lexicon()


def lexicon(texts: Iterable[str], known: Iterable[str] = ()) -> Lexicon:
    """Return what the running text of a document shows about its words; headings are left out, for they capitalise as they like."""
    lower: set[str] = set()
    capital: set[str] = set()
    for text in texts:
        if is_heading(text):
            continue
        for token, _, head in _tokens(text):
            if token[:1].islower():
                lower.update(re.split(r"[-–‑/]", token.lower()))
                lower.add(token.lower())
            elif _capital(token) and not head:
                capital.add(token)
    return Lexicon(frozenset(lower), frozenset(capital), tuple(sorted(known, key=len, reverse=True)))


def is_heading(text: str) -> bool:
    """Whether a paragraph capitalises most of its words, as titles do."""
    words = [word for word in re.findall(r"[^\W\d_][\w’'-]*", text) if word.lower() not in FUNCTION]
    if not 3 <= len(words) <= MAX_HEADING or re.search(r"[.!?]\s*$", text):
        return False
    capitals = sum(word[0].isupper() for word in words)
    return bool(capitals > 0.74 * len(words))


def names(text: str, seen: Lexicon = NOTHING_SEEN) -> Iterator[Found]:
    """Yield the proper names of a text in order. In a heading, only those that the rest of the document shows to be names."""
    taken: list[tuple[int, int]] = []
    found: list[Found] = []
    for name in seen.known:
        for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
            if not any(match.start() < last and first < match.end() for first, last in taken):
                taken.append((match.start(), match.end()))
                found.append(Found("name", match[0], match.start(), match.end()))
    heading = len(text) if is_heading(text) else _lead_in(text)
    for run in _runs(text):
        start, end = run[0][1], run[-1][1] + len(run[-1][0])
        if any(start < last and first < end for first, last in taken):
            continue
        titled = end <= heading and not (heading < len(text) and _is_institution(run))
        for kept in _known_parts(run, seen, strict=heading == len(text)) if titled else [_trimmed(run, seen)]:
            if kept and not _only_common(kept):
                start, end = kept[0][1], kept[-1][1] + len(kept[-1][0])
                found.append(Found("name", text[start:end], start, end))
    yield from sorted(found, key=lambda each: each.start)


def _lead_in(text: str) -> int:
    """Return where the words before a colon end that head a point of a list: "- Green Growth and Energy: ..."; 0 where there are none."""
    match = re.match(r"\W*([A-Z][^:.!?]{3,80}):\s", text)
    if not match:
        return 0
    words = [word for word in re.findall(r"[^\W\d_][\w’'-]*", match[1]) if word.lower() not in FUNCTION]
    return match.end() if len(words) > 1 and all(word[0].isupper() for word in words) else 0


def _is_institution(run: list[Token]) -> bool:
    return len(run) > 2 and bool(_INSTITUTION.fullmatch(run[-1][0])) and not any(word in {"and", "&"} for word, _, _ in run)


Token = tuple[str, int, bool]  # the word, where it begins, whether it heads a sentence


def _tokens(text: str) -> Iterator[Token]:
    head = True
    for match in _TOKEN.finditer(text):
        word, before = match[0], text[: match.start()]
        if word[0].isalnum() or word == "&":
            yield word, match.start(), head
            head = (word in TITLES and head) or (word.endswith(".") and word.count(".") == 1)
        elif word in _SENTENCE_END:
            head = head or not (word == "." and _ABBREVIATED.search(before))
        elif word not in _OPENING or (word in "-–—" and not _AT_HEAD.search(before)):
            head = False


def _capital(token: str) -> bool:
    """Whether a token is written as a name is: a capital first, or inside, or letters with digits."""
    if _CODE.match(token):
        return True
    return any(letter.isupper() for letter in token) and (token[0].isupper() or not token[0].isdigit())


def _runs(text: str) -> Iterator[list[Token]]:
    """Yield the runs of words with capitals; "of", "for" and "and" go along where a name of an institution needs them."""
    tokens = list(_tokens(text))
    run: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if run:
            last = run[-1]
            gap = text[last[1] + len(last[0]) : token[1]]
            link, used = _link(tokens, index, run, text)
            if link and gap == " ":
                run += link
                index += used
                continue
            joined = gap == " " and not token[2]
            if joined and (
                (_capital(token[0]) and token[0] not in TITLES) or (_VERSION.match(token[0]) and _takes_number(last[0]))
            ):
                run.append(token)
                index += 1
                continue
            yield run
            run = []
        if _capital(token[0]) and token[0].rstrip(".") not in TITLES and token[0] != "&":
            run = [token]
        index += 1
    if run:
        yield run


def _takes_number(word: str) -> bool:
    return word in {"Article", "Section", "Chapter", "Resolution", "Partnership", "Phase", "Version", "Vision", "Agenda"}


def _link(tokens: list[Token], index: int, run: list[Token], text: str) -> tuple[list[Token], int]:
    """Return the small words and the capitalised one after them that go on with the run, and how many words that is."""
    small = tokens[index][0]
    if small not in SMALL | {"and", "&", "the"} or small == "the":
        return [], 0
    ahead = tokens[index : index + 4]
    words = ahead[:1]
    for token in ahead[1:]:
        before = words[-1]
        if text[before[1] + len(before[0]) : token[1]] != " " or token[2]:
            return [], 0
        words.append(token)
        if _capital(token[0]):
            break
        if not (token[0] == "the" and small in {"of", "for", "on"}) and not (token[0] in PARTICLES and small in PARTICLES):
            return [], 0
    if len(words) < 2 or not _capital(words[-1][0]) or words[-1][0] in TITLES:
        return [], 0
    if small in {"and", "&"}:
        return (words, len(words)) if small == "&" or _joins(tokens, index, run, text) else ([], 0)
    if small in {"for", "on"} and not any(_INSTITUTION.fullmatch(word.rpartition("-")[2]) for word, _, _ in run):
        return [], 0
    if small == "of" and (run[-1][0].lower() in DEMONYMS or (len(run) == 1 and run[0][2] and run[0][0].lower() in STARTERS)):
        return [], 0
    return words, len(words)


def _joins(tokens: list[Token], index: int, run: list[Token], text: str) -> bool:
    """Whether "and" stands inside one name: "Ministry of Science and Technology", "Research and Development Organisation"."""
    inside = any(word in {"of", "for", "on"} for word, _, _ in run) and any(_INSTITUTION.fullmatch(word) for word, _, _ in run)
    adjective = bool(_ADJECTIVE.search(run[-1][0]))
    if not adjective and not _ABSTRACT.search(run[-1][0]):
        return False
    after: list[str] = []
    last = tokens[index]
    for token in tokens[index + 1 :]:
        if not _capital(token[0]) or text[last[1] + len(last[0]) : token[1]] != " ":
            break
        after.append(token[0])
        last = token
    if adjective and len(after) > 1 and _ADJECTIVE.search(after[0]):
        return True  # Free and Open Indo-Pacific, Special Strategic and Global Partnership
    if inside:
        return bool(after) and (bool(_ABSTRACT.search(after[0])) or bool(_INSTITUTION.fullmatch(after[-1])))
    return len(after) > 1 and bool(_INSTITUTION.fullmatch(after[-1]))


def _trimmed(run: list[Token], seen: Lexicon) -> list[Token]:
    """Return the run without what is no name: a sentence's first word, days and months at its ends."""
    while run and (
        run[0][0].lower() in CALENDAR | (FUNCTION if not run[0][0].isupper() or len(run[0][0]) == 1 else frozenset())
        or not _capital(run[0][0])
    ):
        run = run[1:]
    if run and run[0][2] and _common(run, seen):
        run = run[1:]
        while run and not _capital(run[0][0]):
            run = run[1:]
    while run and (run[-1][0].lower() in CALENDAR or _PERIOD.match(run[-1][0])):
        run = run[:-1]
    return run


def _common(run: list[Token], seen: Lexicon) -> bool:
    """Whether the first word of a sentence is a word like others, and the name, if any, begins after it."""
    word = run[0][0]
    lower = word.lower()
    if word.isupper() and len(word) > 1 and lower not in FUNCTION:
        return False
    if _CODE.match(word) or any(letter.isupper() for letter in word[1:]):
        return False
    if word in seen.capital and lower not in seen.lower:
        return False
    if len(run) > 1:
        follows = run[1][0]
        if lower in FUNCTION or (follows.isupper() and lower in STARTERS):
            return True
        if lower.endswith(("ed", "ing")) and lower not in {"united", "allied", "associated"} and not _heads_a_name(word, run):
            return True
        return (lower in STARTERS and not _heads_a_name(word, run)) or lower.endswith("ly")
    first = re.split(r"[-–‑]", lower)[0]
    return lower in STARTERS or lower in seen.lower or first in STARTERS or bool(_COMMON_ENDING.search(lower))


def _heads_a_name(word: str, run: list[Token]) -> bool:
    """Whether a common word begins the name itself: "Prime Minister Modi", "Joint Declaration on Security"."""
    if word.lower() in HEADS and run[1][0].lower() not in DEMONYMS:
        return True
    return any(_INSTITUTION.fullmatch(each) for each, _, _ in run[1:])


def _known_parts(run: list[Token], seen: Lexicon, *, strict: bool) -> Iterator[list[Token]]:
    """Yield the stretches of a heading's run whose words are written with capitals inside the document's sentences.

    Where not `strict`, a word that the document writes nowhere else is taken for a name if it looks like none of the common words.
    """
    part: list[Token] = []
    for token in run:
        lower = token[0].lower()
        common = lower in seen.lower or lower in STARTERS or lower in FUNCTION or bool(_COMMON_ENDING.search(lower))
        sure = (token[0] in seen.capital and lower not in seen.lower) or not (strict or common)
        if sure or (token[0].isupper() and len(token[0]) > 1) or _CODE.match(token[0]) or (part and not _capital(token[0])):
            part.append(token)
            continue
        yield _ended(part)
        part = []
    yield _ended(part)


def _ended(part: list[Token]) -> list[Token]:
    while part and not _capital(part[-1][0]):
        part = part[:-1]
    return part


def _only_common(run: list[Token]) -> bool:
    """Whether nothing is left that names: a demonym alone, a single capital letter, a Roman numeral."""
    if len(run) > 1:
        return all(word.lower() in DEMONYMS | CALENDAR for word, _, _ in run)
    word = run[0][0]
    lower = word.lower()
    if _PERIOD.match(word):
        return True
    return (
        lower in DEMONYMS
        or lower in CALENDAR
        or len(word) == 1
        or bool(_ROMAN.match(word))
        or (lower in FUNCTION and not (word.isupper() and len(word) > 1))
    )
