"""What is done to the whole tree once its words stand: quotes, source marks, abbreviations, anchors, contents, empty sections."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import is_
from typing import TypeVar, cast

import msgspec

from briefing.model import (
    Block,
    Callout,
    Cite,
    CiteRef,
    Contents,
    ContentsEntry,
    Details,
    Emphasis,
    Entry,
    Group,
    Heading,
    Inline,
    Inlines,
    LineBreak,
    Link,
    Number,
    Paragraph,
    SourceEntry,
    SourceList,
    Strong,
    Text,
    Title,
)
from briefing.walk import nodes, plain

_T = TypeVar("_T")
_LEAVES = frozenset({str, int, float, bool, date, type(None)})
_INLINE = (Text, Number, Cite, Strong, Emphasis, Link, LineBreak)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def rewrite(tree: _T, inlines: Callable[[Inlines], Inlines], *, skip: tuple[type, ...] = ()) -> _T:
    """Return the tree with every run of inlines, in reading order, replaced by what `inlines` returns for it.

    A run is a whole paragraph, cell, label and so on: `inlines` sees marks of emphasis from outside. Nodes of `skip` stay.
    """
    if isinstance(tree, skip):
        return tree
    if isinstance(tree, tuple):
        if tree and isinstance(tree[0], _INLINE):
            return cast("_T", inlines(tree))
        changed = tuple([child if type(child) in _LEAVES else rewrite(child, inlines, skip=skip) for child in tree])
        return tree if all(map(is_, changed, tree)) else cast("_T", changed)
    if isinstance(tree, msgspec.Struct):
        changes = {}
        for name, old in zip(tree.__struct_fields__, msgspec.structs.astuple(tree), strict=True):
            if type(old) not in _LEAVES and old:
                new = rewrite(old, inlines, skip=skip)
                if new is not old:
                    changes[name] = new
        if changes:
            return cast("_T", msgspec.structs.replace(tree, **changes))
    return tree


def _deep(inlines: Inlines, change: Callable[[Text, str], str]) -> Inlines:
    """Return inlines with each plain text changed; `change` is told the character that stands before it."""
    before = ""

    def go(run: Inlines) -> Inlines:
        nonlocal before
        found: list[Inline] = []
        for inline in run:
            new: Inline = inline
            if isinstance(inline, Text):
                text = change(inline, before)
                if text != inline.text:
                    new = msgspec.structs.replace(inline, text=text)
            elif isinstance(inline, (Strong, Emphasis, Link)):
                children = go(inline.children)
                if children is not inline.children:
                    new = msgspec.structs.replace(inline, children=children)
            shown = new.text if isinstance(new, Text) else plain((new,))
            before = shown[-1:] or before
            found.append(new)
        return run if all(map(is_, found, run)) else tuple(found)

    return go(inlines)


def curly(text: str, before: str = "") -> str:
    """Return `text` with typewriter quotes made typographic; `before` is the character it follows."""
    if "'" not in text and '"' not in text:
        return text
    out: list[str] = []
    for index, character in enumerate(text):
        previous = out[-1] if out else before
        opening = (
            not previous
            or previous.isspace()
            or previous in "([{\N{EN DASH}\N{EM DASH}\N{LEFT SINGLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}/"
        )
        following = text[index + 1 : index + 2]
        if character == "'":
            out.append(
                "\N{LEFT SINGLE QUOTATION MARK}"
                if opening and not following.isdigit() and not following.isspace()
                else "\N{RIGHT SINGLE QUOTATION MARK}"
            )
        elif character == '"':
            out.append("\N{LEFT DOUBLE QUOTATION MARK}" if opening else "\N{RIGHT DOUBLE QUOTATION MARK}")
        else:
            out.append(character)
    return "".join(out)


def quotes(tree: _T) -> _T:
    """Return the tree with typographic quotation marks and apostrophes."""
    return rewrite(tree, lambda run: _deep(run, lambda text, before: curly(text.text, before)))


def settle_cites(tree: _T) -> _T:
    """Return the tree with its source marks as a reader wants them: one mark where a sentence would repeat it.

    Marks that stand side by side become one; of marks for the same sources in one sentence the last stays, and it keeps the
    paragraphs of all. A mark is tied to the word before it by a no-break space, and stands before the stop of its sentence.
    """
    return rewrite(tree, _settle)


def _settle(run: Inlines) -> Inlines:
    if not any(isinstance(inline, Cite) for inline in run):
        return run
    items = _before_stops([inline for inline in run if not (isinstance(inline, Cite) and not inline.refs)])
    merged: list[Inline] = []
    for inline in items:
        last = merged[-1] if merged else None
        if isinstance(inline, Cite) and isinstance(last, Cite):
            merged[-1] = _union(last, inline)
        elif (
            isinstance(inline, Cite)
            and isinstance(last, Text)
            and not last.text.strip()
            and len(merged) > 1
            and isinstance(merged[-2], Cite)
        ):
            merged.pop()
            merged[-1] = _union(cast("Cite", merged[-1]), inline)
        else:
            merged.append(inline)
    pending: dict[frozenset[str], int] = {}
    for index, inline in enumerate(merged):
        if isinstance(inline, Cite):
            key = frozenset(ref.source for ref in inline.refs)
            earlier = pending.get(key)
            if earlier is not None:
                merged[index] = _union(cast("Cite", merged[earlier]), inline)
                merged[earlier] = Text("")
                _close_gap(merged, earlier)
            pending[key] = index
        elif _SENTENCE_END.search(plain((inline,))) and not isinstance(inline, Number):
            pending.clear()
    found: list[Inline] = []
    for inline in merged:
        if isinstance(inline, Text) and not inline.text:
            continue
        if isinstance(inline, Cite) and found:
            last = found[-1]
            if isinstance(last, Text):
                text = last.text.rstrip()
                if text:
                    found[-1] = msgspec.structs.replace(last, text=text + _NO_BREAK)
            else:
                found.append(Text(_NO_BREAK))
        found.append(inline)
    return tuple(found)


def _before_stops(run: list[Inline]) -> list[Inline]:
    """Return inlines with every mark that follows a stop at once, and ends the text or is followed by a space, before that stop."""
    found: list[Inline] = []
    for index, inline in enumerate(run):
        last = found[-1] if found else None
        stopped = isinstance(inline, Cite) and isinstance(last, Text) and last.text.endswith((".", "!", "?"))
        following = plain(tuple(next_ for next_ in run[index + 1 :] if not isinstance(next_, Cite)))[:1] if stopped else "-"
        if not following or following.isspace():
            assert isinstance(last, Text)
            found[-1:] = [msgspec.structs.replace(last, text=last.text[:-1]), inline, Text(last.text[-1])]
        else:
            found.append(inline)
    return found


def _close_gap(run: list[Inline], gap: int) -> None:
    """Take away the space before a mark that has gone, where punctuation, a space or nothing follows it."""
    last, following = run[gap - 1] if gap else None, plain(tuple(run[gap + 1 : gap + 2]))
    if isinstance(last, Text) and (not following or not (following[0].isalnum() or following[0] in "([")):
        run[gap - 1] = msgspec.structs.replace(last, text=last.text.rstrip())


def _union(first: Cite, second: Cite) -> Cite:
    refs: dict[str, CiteRef] = {}
    for ref in (*first.refs, *second.refs):
        known = refs.get(ref.source)
        paragraphs = tuple(sorted({*(known.paragraphs if known else ()), *ref.paragraphs}))
        refs[ref.source] = CiteRef(ref.number, ref.source, paragraphs)
    return Cite(tuple(refs.values()), tuple(dict.fromkeys((*first.facts, *second.facts))))


def number_sources(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], dict[str, int]]:
    """Return the blocks with their source marks numbered, once, in order of first use, and the numbers by source id."""
    numbers: dict[str, int] = {}
    for node in nodes(blocks):
        if isinstance(node, Cite):
            for ref in node.refs:
                numbers.setdefault(ref.source, len(numbers) + 1)

    def renumber(run: Inlines) -> Inlines:
        found: list[Inline] = []
        for inline in run:
            if isinstance(inline, Cite):
                refs = sorted((CiteRef(numbers[r.source], r.source, r.paragraphs) for r in inline.refs), key=lambda r: r.number)
                found.append(Cite(tuple(refs), inline.facts))
            elif isinstance(inline, (Strong, Emphasis, Link)):
                found.append(msgspec.structs.replace(inline, children=renumber(inline.children)))
            else:
                found.append(inline)
        return tuple(found)

    return rewrite(blocks, renumber), numbers


def expand(
    blocks: tuple[Block, ...], abbreviations: Mapping[str, str], well_known: Iterable[str] = ()
) -> tuple[tuple[Block, ...], dict[str, str]]:
    """Return the blocks with every abbreviation spelled out at its first use in running text, and those that are used at all.

    Titles, headings, tables and labels have no room for it: a use there neither is expanded nor counts as the first. Where the
    text spells an abbreviation out itself, or it is one of the `well_known`, nothing is added.
    """
    if not abbreviations:
        return blocks, {}
    longest = sorted(abbreviations, key=lambda short: (-len(short), short))
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest)) + r")(?!-?\w)")
    done: set[str] = set(well_known)

    def change(text: Text, _: str) -> str:
        if text.language:
            return text.text
        out: list[str] = []
        end = 0
        for match in pattern.finditer(text.text):
            short = match[1]
            if short in done:
                continue
            done.add(short)
            full = abbreviations[short]
            if text.text[: match.start()].rstrip("( ").lower().endswith(full.lower()):
                continue
            out += [text.text[end : match.start()], f"{full} ({short})"]
            end = match.end()
        return "".join([*out, text.text[end:]])

    def running(tree: object) -> object:
        if isinstance(tree, Paragraph) and tree.role in ("body", "lead", "judgement", "notice"):
            return msgspec.structs.replace(tree, children=_deep(tree.children, change))
        if isinstance(tree, tuple):
            return tuple(map(running, tree))
        if isinstance(tree, (Callout, Group)) or type(tree).__name__ in ("Item", "Bullets", "Steps"):
            struct = cast("msgspec.Struct", tree)
            changes = {
                name: running(value)
                for name in struct.__struct_fields__
                if isinstance(value := getattr(struct, name), tuple) and name != "title"
            }
            return msgspec.structs.replace(struct, **changes)
        return tree

    changed = cast("tuple[Block, ...]", running(blocks))
    used = done - set(well_known)
    for node in nodes(changed):
        if isinstance(node, (Text, Number)):
            used.update(pattern.findall(node.text))
    return changed, {short: abbreviations[short] for short in sorted(used, key=str.casefold)}


def facts_in(blocks: tuple[Block, ...]) -> set[str]:
    """Return the ids of the facts that blocks print, by a number or a source mark; the tables of the annex do not count."""
    found: set[str] = set()
    for block in blocks:
        if isinstance(block, (Group, Callout)):
            found |= facts_in(block.blocks)
        elif not (type(block).__name__ == "Table" and getattr(block, "id", "").startswith("annex-")):
            for node in nodes((block,)):
                if isinstance(node, Number):
                    found.add(node.fact)
                elif isinstance(node, Cite):
                    found.update(node.facts)
    return found


def fill(blocks: tuple[Block, ...], sources: Iterable[SourceEntry], abbreviations: Mapping[str, str]) -> tuple[Block, ...]:
    """Return the blocks with the empty list of sources and the empty list of abbreviations filled."""
    listed = tuple(sources)
    entries = tuple(Entry(short, (Text(full),)) for short, full in abbreviations.items())

    def change(block: Block) -> Block:
        if isinstance(block, SourceList) and not block.entries:
            return SourceList(listed)
        if isinstance(block, Details) and block.role == "abbreviations" and not block.entries:
            return Details(entries, "abbreviations")
        if isinstance(block, (Group, Callout)):
            return msgspec.structs.replace(block, blocks=tuple(map(change, block.blocks)))
        return block

    return tuple(map(change, blocks))


def prune(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks without empty lists and tables, and without headings and labels that nothing follows."""
    kept: list[Block] = []
    for block in reversed(blocks):
        if isinstance(block, (Group, Callout)):
            inside = prune(block.blocks)
            if inside:
                kept.append(msgspec.structs.replace(block, blocks=inside))
        elif isinstance(block, (SourceList, Details)):
            if block.entries:
                kept.append(block)
        elif isinstance(block, Heading):
            following = kept[-1] if kept else None
            if following is not None and not (isinstance(following, Heading) and following.level <= block.level):
                kept.append(block)
        elif isinstance(block, Paragraph) and block.role == "label":
            following = kept[-1] if kept else None
            if (
                following is not None
                and not isinstance(following, Heading)
                and not (isinstance(following, Paragraph) and following.role == "label")
            ):
                kept.append(block)
        elif not any(getattr(block, name, None) == () for name in ("items", "rows", "series")):
            kept.append(block)
    return tuple(reversed(kept))


def slug(text: str) -> str:
    """Return `text` as an anchor: lower-case letters and digits joined by hyphens; "part" where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "part"


def anchor(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks with an id on every heading and table, unique in the document."""
    taken: set[str] = set()

    def unique(wanted: str) -> str:
        name, count = wanted, 1
        while name in taken:
            count += 1
            name = f"{wanted}-{count}"
        taken.add(name)
        return name

    def change(block: Block) -> Block:
        if isinstance(block, Heading):
            return msgspec.structs.replace(block, id=unique(block.id or slug(plain(block.children))))
        if type(block).__name__ in ("Table", "Chart"):
            named = cast("msgspec.Struct", block)
            return cast("Block", msgspec.structs.replace(named, id=unique(getattr(named, "id", "") or "table")))
        if isinstance(block, (Group, Callout)):
            return msgspec.structs.replace(block, blocks=tuple(map(change, block.blocks)))
        return block

    return tuple(map(change, blocks))


def contents(blocks: tuple[Block, ...], *, depth: int = 2) -> tuple[Block, ...]:
    """Return the blocks with every empty table of contents filled from the headings of the first `depth` levels."""
    entries = tuple(
        ContentsEntry(node.level, plain(node.children), node.id)
        for node in nodes(blocks)
        if isinstance(node, Heading) and node.level <= depth
    )

    def change(block: Block) -> Block:
        if isinstance(block, Contents) and not block.entries:
            return Contents(block.title, entries)
        if isinstance(block, Group):
            return msgspec.structs.replace(block, blocks=tuple(map(change, block.blocks)))
        return block

    return tuple(map(change, blocks))


def title_first(blocks: tuple[Block, ...]) -> bool:
    """Return whether the document's one title comes first."""
    titles = [node for node in nodes(blocks) if isinstance(node, Title)]
    return len(titles) <= 1 and (not titles or blocks[0] == titles[0])
