"""`generate whose` names the reader of a file that was sent, of one saved again, and of a mark on paper; of any other it says so."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pikepdf
import pypdf
import pytest
from typer.testing import CliRunner

from briefing.copying import digests, marks_of, whose
from briefing.deliver.ledger import Ledger
from briefing.deliver.ledger_rows import Intent, Key
from briefing.delivery import Settings
from briefing.stamp import mark_of
from generate import app
from tests.deliver.copied import AT, PRINTED, copies, only, reader, rendition

SUMMARY = "one-page-summary"
READERS = ("okubo", "obrien", "kanji")


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, bytes]]]:
    """A dossier in whose ledger three readers have their copies of a summary; and these."""
    root = tmp_path_factory.mktemp("dossier")
    (root / "briefs" / "editions").mkdir(parents=True)
    made = {each: copies().of(reader(each), rendition(SUMMARY)) for each in READERS}
    with Ledger(root) as ledger:
        ledger.begin(AT)
        wanted = [Intent(Key(SUMMARY, 3, f"{each}@example.org", "outbox"), copies=digests(files)) for each, files in made.items()]
        wanted.append(Intent(Key(SUMMARY, 3, "another@example.org", "outbox", theme="economic")))
        ledger.step((), wanted, AT, most=9)
        ledger.end(AT + timedelta(seconds=1))
    return root, made


def told(root: Path, data: bytes, path: Path) -> list[tuple[str, str]]:
    path.write_bytes(data)
    found = whose(root, str(path))
    assert found.sha256 == sha256(data).hexdigest()
    return [(each.how, each.reader) for each in found.copies]


@pytest.mark.parametrize("form", ["pdf", "docx", "html", "txt"])
@pytest.mark.parametrize("key", READERS)
def test_a_file_as_it_was_sent_is_known_exactly(
    form: str, key: str, dossier: tuple[Path, dict[str, dict[str, bytes]]], tmp_path: Path
) -> None:
    root, made = dossier
    assert told(root, made[key][f"{SUMMARY}.{form}"], tmp_path / "found") == [("exact", f"{key}@example.org")]


def saved_again(data: bytes, how: str, path: Path) -> bytes:
    """Return a PDF as another program saves it."""
    out = io.BytesIO()
    match how:
        case "pikepdf":
            with pikepdf.open(io.BytesIO(data)) as pdf:
                pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True, linearize=True)
        case "pypdf":
            writer = pypdf.PdfWriter()
            for page in pypdf.PdfReader(io.BytesIO(data)).pages:  # pages alone, without metadata
                writer.add_page(page)
            writer.write(out)
        case "one page of it":
            with pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.new() as other:
                other.pages.append(pdf.pages[0])
                other.save(out, compress_streams=True)
        case _:
            path.with_suffix(".in").write_bytes(data)
            command = [
                "gs",
                "-q",
                "-dBATCH",
                "-dNOPAUSE",
                "-sDEVICE=pdfwrite",
                f"-sOutputFile={path}",
                str(path.with_suffix(".in")),
            ]
            subprocess.run(command, check=True, capture_output=True)
            return path.read_bytes()
    return out.getvalue()


@pytest.mark.parametrize("how", ["pikepdf", "pypdf", "one page of it", "ghostscript"])
def test_a_pdf_that_was_saved_again_is_known_by_its_mark(
    how: str, dossier: tuple[Path, dict[str, dict[str, bytes]]], tmp_path: Path
) -> None:
    if how == "ghostscript" and not shutil.which("gs"):
        pytest.skip("Ghostscript is not on this machine")
    root, made = dossier
    for key in READERS:
        data = saved_again(made[key][f"{SUMMARY}.pdf"], how, tmp_path / "saved.pdf")
        assert told(root, data, tmp_path / "found.pdf") == [("mark", f"{key}@example.org")]


def test_a_word_document_page_or_text_that_was_changed_is_known_by_its_mark(
    dossier: tuple[Path, dict[str, dict[str, bytes]]], tmp_path: Path
) -> None:
    root, made = dossier
    files = made["obrien"]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files[f"{SUMMARY}.docx"])) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as after:
        for name in before.namelist():
            if name != "docProps/custom.xml":
                after.writestr(name, before.read(name).replace(b"pledges", b"promises"))
    for data in (out.getvalue(), files[f"{SUMMARY}.html"] + b"\n", b"\xff" + files[f"{SUMMARY}.txt"].upper()):
        assert told(root, data, tmp_path / "found") == [("mark", "obrien@example.org")]


def test_a_mark_that_somebody_reads_from_paper_is_enough(dossier: tuple[Path, dict[str, dict[str, bytes]]]) -> None:
    root, _ = dossier
    mark = mark_of(f"{SUMMARY}/3", "kanji@example.org")
    for typed in (mark, mark.lower()):
        [found] = whose(root, typed).copies
        assert (found.how, found.reader, found.mark) == ("mark", "kanji@example.org", mark)


def test_a_delivery_of_a_theme_has_its_own_mark(dossier: tuple[Path, dict[str, dict[str, bytes]]]) -> None:
    root, _ = dossier
    [found] = whose(root, mark_of(f"{SUMMARY}-economic/3", "another@example.org")).copies
    assert (found.theme, found.reader) == ("economic", "another@example.org")
    assert whose(root, mark_of(f"{SUMMARY}/3", "another@example.org")).copies == ()


def test_a_file_that_is_nobodys_copy_is_nobodys(dossier: tuple[Path, dict[str, dict[str, bytes]]], tmp_path: Path) -> None:
    root, made = dossier
    stranger = copies().of(reader("stranger"), only(rendition(SUMMARY), "pdf"))[f"{SUMMARY}.pdf"]
    for data in (
        *rendition(SUMMARY).files.values(),
        stranger,
        b"",
        b"PK\x03\x04 no archive",
        b"%PDF-1.7 stream\nno\nendstream",
        b"\0" * 1000,
    ):
        assert told(root, data, tmp_path / "found") == []
    assert marks_of(stranger) == (mark_of(f"{SUMMARY}/3", "stranger@example.org"),)
    (tmp_path / "okubo.pdf").write_bytes(made["okubo"][f"{SUMMARY}.pdf"])
    assert whose(tmp_path, str(tmp_path / "okubo.pdf")).copies == ()  # a dossier that has delivered nothing
    assert not (tmp_path / "briefs").exists()


def test_a_copy_with_a_password_is_known_exactly_though_nobody_can_look_into_it(
    dossier: tuple[Path, dict[str, dict[str, bytes]]], tmp_path: Path
) -> None:
    root, _ = dossier
    of = only(rendition(SUMMARY), "pdf", "docx")
    files = copies(Settings(), {"env:PW": "password"}).of(reader("okubo", password="env:PW"), of)
    with Ledger(root) as ledger:
        ledger.begin(AT)
        ledger.step((), [Intent(Key(SUMMARY, 4, "okubo@example.org", "smtp"), copies=digests(files))], AT)
        ledger.end(AT)
    for data in files.values():
        assert marks_of(data) == ()
        assert told(root, data, tmp_path / "found") == [("exact", "okubo@example.org")]


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["whose", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_tells_reader_edition_channel_and_how_it_knows(
    dossier: tuple[Path, dict[str, dict[str, bytes]]], tmp_path: Path
) -> None:
    root, made = dossier
    file = tmp_path / "leaked.pdf"
    file.write_bytes(made["okubo"][f"{SUMMARY}.pdf"])
    said = "okubo@example.org: one-page-summary, edition 3, by outbox: exactly the file one-page-summary.pdf, made 2025-11-24 07:00:00 UTC\n"
    assert run(str(file), "--dossier", str(root)) == (0, said, "")
    file.write_bytes(file.read_bytes() + b"\n")
    mark = mark_of(f"{SUMMARY}/3", "okubo@example.org")
    said = f"okubo@example.org: one-page-summary, edition 3, by outbox: by its mark {mark}; the file is not the one that was sent\n"
    assert run(str(file), "--dossier", str(root)) == (0, said, "")
    code, out, err = run(str(file), "--dossier", str(root), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["copies"] == [
        {
            "how": "mark",
            "brief": SUMMARY,
            "edition": 3,
            "theme": "",
            "reader": "okubo@example.org",
            "channel": "outbox",
            "mark": mark,
            "file": "",
            "made": "",
        }
    ]


def test_the_command_ends_with_1_where_it_is_no_copy_of_ours_or_no_file(
    dossier: tuple[Path, dict[str, dict[str, bytes]]], tmp_path: Path
) -> None:
    root, _ = dossier
    file = tmp_path / "other.txt"
    file.write_text("nothing")
    assert run(str(file), "--dossier", str(root)) == (1, "", f"{file}: no copy of ours\n")
    code, out, err = run(str(file), "--dossier", str(root), "--json")
    assert (code, json.loads(out), err) == (1, {"sha256": sha256(b"nothing").hexdigest(), "marks": [], "copies": []}, "")
    assert run(str(tmp_path / "none.pdf"), "--dossier", str(root)) == (
        1,
        "",
        f"{tmp_path / 'none.pdf'}: No such file or directory\n",
    )


def test_every_printable_name_leads_back_from_the_words_of_a_page_alone(tmp_path: Path) -> None:
    for key in PRINTED:
        [data] = copies().of(reader(key), only(rendition(SUMMARY), "pdf")).values()
        assert marks_of(saved_again(data, "pypdf", tmp_path / "x")) == (mark_of(f"{SUMMARY}/3", f"{key}@example.org"),)
