from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from briefing.render.docx_zip import archive, entry

names = st.text("abc/ü.", min_size=1, max_size=9)


@given(st.dictionaries(names, st.binary(max_size=500), max_size=5))
def test_any_files_come_back_as_they_went_in_and_in_their_order(files: dict[str, bytes]) -> None:
    data = archive(entry(name, content) for name, content in files.items())
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        assert read.testzip() is None
        assert read.namelist() == list(files)
        assert [read.read(name) for name in files] == list(files.values())


def test_every_file_has_the_same_time() -> None:
    with zipfile.ZipFile(io.BytesIO(archive([entry("a", "x"), entry("b", b"y")]))) as read:
        assert {info.date_time for info in read.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_text_is_written_as_utf_8() -> None:
    with zipfile.ZipFile(io.BytesIO(archive([entry("ō", "₹")]))) as read:
        assert read.read("ō").decode() == "₹"
