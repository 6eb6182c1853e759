"""Which files a dossier has, what is refused, and that a file is written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from briefing.load.files import builtin, font_reader, read_dossier, write_atomically
from briefing.problems import ProblemsFound


def dossier(root: Path) -> Path:
    """Make a folder with two seed files, out of order, and what is to be left alone."""
    for name in ("seeds/z.yaml", "seeds/deep/er/b.yml", "seeds/a.yaml", "seeds/notes.txt", "seeds/.hidden.yaml", "briefs/brief.yaml", "briefs/editions/1/old.yaml", "templates/own.md.j2"):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"# {name}\n", "utf-8")
    return root


def test_seed_files_come_in_sorted_order_whatever_the_file_system_says(tmp_path: Path) -> None:
    files = read_dossier(dossier(tmp_path))
    assert list(files.seeds) == ["seeds/a.yaml", "seeds/deep/er/b.yml", "seeds/z.yaml"]
    assert list(files.briefs) == ["briefs/brief.yaml"]


def test_own_templates_win_over_built_in_ones_file_by_file(tmp_path: Path) -> None:
    dossier(tmp_path)
    (tmp_path / "templates" / "look.yaml").write_text("page: Letter\n")
    standard = sorted(path.name for path in builtin().glob("*.j2"))
    before = read_dossier(tmp_path)
    assert set(before.templates) >= {"own.md.j2", *standard}
    assert before.look == b"page: Letter\n"
    assert before.builtin_look == (builtin() / "look.yaml").read_bytes()
    assert before.template_places["own.md.j2"] == "templates/own.md.j2"
    for name in standard[:1]:
        (tmp_path / "templates" / name).write_text("mine")
        after = read_dossier(tmp_path)
        assert after.templates[name] == b"mine"
        assert before.template_places[name] == f"(built in) templates/{name}"
        assert after.template_places[name] == f"templates/{name}"


def test_the_digest_changes_with_any_byte_or_name_and_with_nothing_else(tmp_path: Path) -> None:
    root = dossier(tmp_path)
    first = read_dossier(root).digest
    os.utime(root / "seeds" / "a.yaml", (0, 0))
    (root / "seeds" / "notes.txt").write_text("other")
    assert read_dossier(root).digest == first
    seen = {first}
    for name in ("seeds/a.yaml", "briefs/brief.yaml", "templates/own.md.j2", "templates/look.yaml"):
        (root / name).write_text("changed")
        seen.add(read_dossier(root).digest)
    (root / "seeds" / "a.yaml").rename(root / "seeds" / "c.yaml")
    seen.add(read_dossier(root).digest)
    assert len(seen) == 6


def test_a_dossier_that_lies_elsewhere_has_the_same_digest(tmp_path: Path) -> None:
    assert read_dossier(dossier(tmp_path / "one")).digest == read_dossier(dossier(tmp_path / "two")).digest


def test_a_folder_inside_a_dossier_is_told_where_the_dossier_is(tmp_path: Path) -> None:
    dossier(tmp_path)
    with pytest.raises(ProblemsFound, match=r"S002 .*the dossier is .*\?"):
        read_dossier(tmp_path / "briefs")


@pytest.mark.parametrize("name", ["nowhere", "seeds/a.yaml"])
def test_what_is_no_folder_is_no_dossier(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProblemsFound, match="S001"):
        read_dossier(dossier(tmp_path) / name)


def test_a_link_within_the_dossier_is_followed(tmp_path: Path) -> None:
    root = dossier(tmp_path)
    (root / "seeds" / "link.yaml").symlink_to("a.yaml")
    assert read_dossier(root).seeds["seeds/link.yaml"] == b"# seeds/a.yaml\n"


def test_a_seeds_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    dossier(tmp_path / "other")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "seeds").symlink_to(tmp_path / "other" / "seeds")
    with pytest.raises(ProblemsFound, match="S004"):
        read_dossier(tmp_path / "mine")


def test_a_file_is_read_no_further_than_its_limit(tmp_path: Path) -> None:
    root = dossier(tmp_path)
    (root / "seeds" / "big.yaml").write_bytes(b"#" * 10_000_000)
    assert len(read_dossier(root).seeds["seeds/big.yaml"]) == 2 * 1024 * 1024 + 1


def test_fonts_are_the_built_in_ones_unless_the_dossier_has_its_own(tmp_path: Path) -> None:
    read = font_reader(tmp_path)
    name = "SourceSans3-Regular.ttf"
    assert read(name) == (builtin() / "fonts" / name).read_bytes()
    (tmp_path / "templates" / "fonts").mkdir(parents=True)
    (tmp_path / "templates" / "fonts" / name).write_bytes(b"mine")
    assert read(name) == b"mine"


@pytest.mark.parametrize(
    "name", ["../look.yaml", "/etc/passwd", "..", "", "SourceSans3-Regular", "../fonts/SourceSans3-Regular.ttf"]
)
def test_a_font_has_a_plain_file_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProblemsFound, match="L007"):
        font_reader(tmp_path)(name)


def test_a_file_is_replaced_in_one_step_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out" / "brief.pdf"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in path.parent.iterdir()] == ["brief.pdf"]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "text is no bytes")  # type: ignore[arg-type]
    folder = tmp_path / "folder"
    (folder / "within").mkdir(parents=True)
    with pytest.raises(OSError, match=r"irectory|exists|denied"):
        write_atomically(folder, b"a folder stands here")
    assert path.read_bytes() == b"old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["brief.pdf", "folder"]


def test_a_file_whose_name_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    root = dossier(tmp_path)
    (root / "seeds" / "two\nlines.yaml").write_text("a: b")
    Path(os.fsdecode(bytes(root / "seeds") + b"/caf\xe9.yaml")).write_text("a: b")
    with pytest.raises(ProblemsFound) as error:
        read_dossier(root)
    assert [str(problem.at) for problem in error.value.problems] == ["seeds/caf?.yaml", "seeds/two?lines.yaml"]
    assert {problem.code for problem in error.value.problems} == {"S005"}
