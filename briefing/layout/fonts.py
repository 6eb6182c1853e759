"""The faces of a look: loaded when first used, measured word by word, with another family for a character that one lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from briefing.look import Faces, Look
from briefing.placed import FaceKey
from briefing.problems import MissingGlyph
from briefing.truetype import Kept, TrueType

_WORDS_KEPT = 60_000  # measured words per face; a long-running process starts again from there
_SIZES_KEPT = 200


class Widths(dict[str, float]):
    """Width of a word at size 1, measured once. Raises KeyError for a character that the face lacks."""

    def __init__(self, by_character: dict[int, float]) -> None:
        super().__init__()
        self.by_character = by_character
        self.of_letter = dict(zip(map(chr, by_character), by_character.values(), strict=True)).__getitem__

    def __missing__(self, word: str) -> float:
        if len(self) > _WORDS_KEPT:
            self.clear()
        width = self[word] = sum(map(self.of_letter, word)) * 0.001
        return width


class Sized(dict[str, float]):
    """Width of a word in points, measured once. Raises KeyError for a character that the face lacks."""

    def __init__(self, face: Face, size: float) -> None:
        super().__init__()
        self.of_letter, self.size = face.widths.of_letter, size

    def measured(self, text: str) -> float:
        """Return the width of words that nobody will ask for again. Raises KeyError as the rest."""
        return sum(map(self.of_letter, text)) * 0.001 * self.size

    def __missing__(self, word: str) -> float:
        if len(self) > _WORDS_KEPT:
            self.clear()
        width = self[word] = sum(map(self.of_letter, word)) * 0.001 * self.size
        return width


class Face:
    """One font: its metrics at size 1, and the file that its subset is cut from."""

    def __init__(self, name: str, data: bytes, kept: Kept | None = None) -> None:
        self.name = name
        self.font = font = TrueType(name, data, kept)
        self.widths = Widths(font.widths)
        self.ascent = font.ascent * 0.001
        self.descent = font.descent * 0.001

    def covers(self, text: str) -> bool:
        return all(ord(character) in self.widths.by_character for character in text)


class Fonts:
    """The eight faces of a look. `read` returns the bytes of a font file by its name; `kept` has what earlier runs read of them."""

    def __init__(self, look: Look, read: Callable[[str], bytes], kept: Kept | None = None) -> None:
        self._families: dict[str, Faces] = {"serif": look.serif, "sans": look.sans}
        self._read, self._kept = read, kept
        self._faces: dict[FaceKey, Face] = {}
        self._files: dict[str, Face] = {}
        self._sized: dict[tuple[FaceKey, float], Sized] = {}

    def face(self, key: FaceKey) -> Face:
        """Return the face, loading it on first use; equal files are loaded once."""
        try:
            return self._faces[key]
        except KeyError:
            family, bold, italic = key
            faces = self._families[family]
            file = (faces.regular, faces.bold, faces.italic, faces.bold_italic)[bold + 2 * italic]
            if file not in self._files:
                self._files[file] = Face(file, self._read(file), self._kept)
            face = self._faces[key] = self._files[file]
            return face

    def sized(self, key: FaceKey, size: float) -> Sized:
        """Return the widths of words in a face at a size."""
        try:
            return self._sized[key, size]
        except KeyError:
            if len(self._sized) > _SIZES_KEPT:
                self._sized.clear()
            widths = self._sized[key, size] = Sized(self.face(key), size)
            return widths

    def width(self, key: FaceKey, text: str) -> float:
        """Return the width of `text` at size 1, each character in the face that has it. Raises MissingGlyph."""
        face = self.face(key)
        try:
            return face.widths[text]
        except KeyError:
            return sum(self.face(other).widths[run] for other, run in self.runs(key, text))

    def runs(self, key: FaceKey, text: str) -> Iterator[tuple[FaceKey, str]]:
        """Yield the text in runs of one face: the wanted one where it can, else the other family's. Raises MissingGlyph."""
        family, bold, italic = key
        other: FaceKey = ("sans" if family == "serif" else "serif", bold, italic)
        current, start = key, 0
        for at, character in enumerate(text):
            if ord(character) in self.face(key).widths.by_character:
                wanted = key
            elif ord(character) in self.face(other).widths.by_character:
                wanted = other
            else:
                raise MissingGlyph(character, text)
            if wanted != current:
                if at > start:
                    yield current, text[start:at]
                current, start = wanted, at
        if start < len(text):
            yield current, text[start:]
