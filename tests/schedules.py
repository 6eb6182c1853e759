"""What the tests of schedules share: dossiers with a schedule, moments, and what the stores say afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from briefing.edition import Check
from briefing.pipeline import store_of
from briefing.scheduling import due
from briefing.telling import Outcome, Report
from tests.editions.harbour import FAST, FILES
from tests.editions.harbour import make as harbour

BERLIN = "time_zone: Europe/Berlin"


def make(root: Path, schedule: str = f"cadence: every Monday 07:00, {BERLIN}", name: str = "brief") -> Path:
    """Write the dossier under `root`, with a schedule for one of its briefs, and return it."""
    if not root.exists():
        harbour(root)
    set_schedule(root, schedule, name)
    return root


def set_schedule(root: Path, schedule: str, name: str = "brief") -> None:
    (root / f"briefs/{name}.yaml").write_text(
        f"{FILES.get(f'briefs/{name}.yaml', FILES['briefs/brief.yaml'])}schedule: {{{schedule}}}\n"
    )


def run(root: Path, at: str, **more: Any) -> Report:
    """Issue what is due at a moment, in formats that take little time; Berlin's clocks where the moment says nothing else."""
    return due(root, moment(at), formats=FAST, **more)


def moment(text: str) -> datetime:
    from zoneinfo import ZoneInfo

    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo("Europe/Berlin"))


def results(report: Report) -> list[tuple[str, str]]:
    return [(each.brief, each.result) for each in report.outcomes]


def only(report: Report) -> Outcome:
    (outcome,) = report.outcomes
    return outcome


def checks(root: Path, name: str = "brief") -> list[Check]:
    return store_of(root, name).checks()


def slots_taken(root: Path, name: str = "brief", zone: str = "Europe/Berlin") -> list[str]:
    """Return the slots that runs have taken, in order, as the clocks there showed them."""
    from zoneinfo import ZoneInfo

    return [f"{each.slot.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for each in checks(root, name) if each.slot]


def refused(work: Callable[[], Report]) -> list[str]:
    """Return what went wrong in a run, a line each."""
    return [str(each) for each in work().outcomes if each.bad]
