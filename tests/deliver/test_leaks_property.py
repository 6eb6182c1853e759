"""A restricted record leaves no trace in any byte of any output for a reader without clearance, whatever the dossier."""

from __future__ import annotations

import copy
import json
import os
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from briefing import inquiry, issuing
from briefing.delivery import Rendition, Variant
from briefing.problems import ProblemsFound
from briefing.variants import rendition
from tests.deliver.vault import DAY, Marks, standing, vaults, write

FORMS = ("pdf", "docx", "html", "txt", "evidence.json", "evidence.csv", "evidence.jsonld")
MOMENT = datetime(2025, 6, 1, 12, tzinfo=UTC)
LATER = datetime(2025, 6, 9, 12, tzinfo=UTC)
MANY = int(os.environ.get("BRIEFING_VAULTS", "5"))  # dossiers for each property; 200 and more before a release
many = settings(  # a dossier is large: to make a failing one smaller would take minutes
    max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.reuse, Phase.generate)
)


def outputs_of(made: Rendition) -> dict[str, bytes]:
    said = "\n".join((made.title, made.series, made.correction, *made.changes, *made.facts, *made.files))
    return {**made.files, "mail.txt": made.text.encode(), "mail.html": made.html.encode(), "said.txt": said.encode()}


@many
@given(vaults(), st.sampled_from(["", "alpha"]), st.booleans())
def test_what_is_restricted_stands_in_no_byte_for_an_open_reader(
    made: tuple[dict[str, Any], Marks], theme: str, annex: bool
) -> None:
    files, marks = made
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), files)
        issuing.issue(root, "brief", DAY, MOMENT, formats=FORMS[:4], released="for a test")
        openly = outputs_of(rendition(root, "brief", 1, Variant(theme=theme, clearance="open", annex=annex), FORMS))
        assert standing(marks.hidden(), openly) == []
        assert standing(marks.shown(), openly) != []
        if files["briefs/brief.yaml"].get("clearance") == "vault" and annex and not theme and marks.hidden():
            inside = outputs_of(rendition(root, "brief", 1, Variant(clearance="vault", annex=True), FORMS))
            assert standing(marks.hidden(), inside) != []  # so the marks can be found where they are


@many
@given(vaults())
def test_documents_for_an_open_reader_are_the_same_to_the_byte_whatever_the_restricted_records_say(
    made: tuple[dict[str, Any], Marks],
) -> None:
    """So nothing is computed of them either: no count, no order, no scale of a chart, no digest."""
    files, marks = made
    other = dict(files)
    recipes = json.dumps([record for name, record in files.items() if name.startswith("briefs/")])  # they name a hidden fact
    for name, record in files.items():
        if name.startswith("seeds/"):
            text = json.dumps(record)
            for word in (word for word in marks.hidden() if word not in recipes):
                text = text.replace(word, str(9 * 10**8 + int(word)) if word.isdigit() else f"{word[:-2]}wx")
            other[name] = json.loads(text)
    if other == files:
        return
    found = []
    for each in (files, other):
        with tempfile.TemporaryDirectory() as folder:
            root = write(Path(folder), each)
            issuing.issue(root, "brief", DAY, MOMENT, formats=("txt",), released="for a test")
            found.append(outputs_of(rendition(root, "brief", 1, Variant(clearance="open", annex=True), FORMS)))
    assert found[0] == found[1]


@many
@given(vaults(), st.data())
def test_what_became_restricted_is_not_told_again_as_what_changed(made: tuple[dict[str, Any], Marks], data: st.DataObject) -> None:
    """The second edition revises hidden facts, and hides one that the first edition printed for everybody."""
    files, marks = made
    later = copy.deepcopy(files)
    facts = [fact for theme in ("alpha", "beta") for fact in later[f"seeds/{theme}.yaml"]["facts"]]
    openly = [fact for fact in facts if not marks.words[fact["id"].removeprefix("f-")]]
    for fact in facts:
        if marks.words[fact["id"].removeprefix("f-")] and "figures" in fact and data.draw(st.booleans()):
            fact["figures"]["amount"]["value"] = int(marks.number(hidden=True))
            fact["label"] = f"Label {marks.word(hidden=True)}"
    raised = data.draw(st.sampled_from(openly))
    raised["marking"] = "vault"
    own = marks.of[raised["id"]]
    if not marks.hidden() or len(openly) < 2:
        return
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), files)
        issuing.issue(root, "brief", DAY, MOMENT, formats=("html", "txt"), released="for a test")
        if data.draw(st.booleans()):
            issuing.withdraw(root, "brief", 1, f"It was wrong about {marks.word(hidden=True)}", MOMENT)
        write(root, later)
        issued = issuing.issue(root, "brief", date(2025, 6, 9), LATER, formats=FORMS[:4], released="for a test")
        if issued.result != "issued" or "brief.yaml" not in "".join(files):
            return
        hidden = [*marks.hidden(), *own]
        if files["briefs/brief.yaml"].get("clearance") != "vault":  # a reason that its author gave is printed where all may see it
            hidden = [word for word in hidden if word not in list(marks.words)[-1:]]
        found = outputs_of(rendition(root, "brief", 2, Variant(clearance="open"), FORMS))
        assert standing(hidden, found) == []


@many
@given(vaults())
def test_what_is_explained_to_a_clearance_knows_of_nothing_above_it(made: tuple[dict[str, Any], Marks]) -> None:
    files, marks = made
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), files)
        facts = [fact for theme in ("alpha", "beta") for fact in files[f"seeds/{theme}.yaml"]["facts"]]
        for asked in (*(fact["id"] for fact in facts), *(source["id"] for source in files["seeds/sources.yaml"]["sources"])):
            if marks.words[asked.partition("-")[2]]:
                with pytest.raises(ProblemsFound) as problems:
                    inquiry.explain(root, asked, DAY, clearance="open")
                told = str(problems.value).replace(asked, "")
                assert standing(marks.hidden(), {"problem.txt": told.encode()}) == []
            else:
                record = inquiry.explain(root, asked, DAY, clearance="open")
                outputs = {
                    "explained.txt": inquiry.explained(record).encode(),
                    "explained.json": json.dumps(record, ensure_ascii=False).encode(),
                }
                assert standing(marks.hidden(), outputs) == []
