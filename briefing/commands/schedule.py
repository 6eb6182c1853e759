"""`generate due` and `generate schedule`: editions by themselves."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from briefing.commands.options import PLAIN, At, DossierOption, Json, Out
from briefing.commands.shown import now, print_json, problems_shown, steps

Jobs = Annotated[
    int, typer.Option("--jobs", help="How many briefs to build at once, each in a process of its own.", min=1, metavar="N")
]
HealthFile = Annotated[
    Path | None, typer.Option("--health", help="The health file. briefs/editions/health.json by default.", metavar="FILE")
]

schedule = typer.Typer(
    name="schedule", help="When briefs are issued by themselves: list, run, health, install.", no_args_is_help=True, **PLAIN
)


class Target(StrEnum):
    """What another scheduler reads."""

    systemd = "systemd"
    cron = "cron"
    github = "github"


def due(
    at: At = None,
    jobs: Jobs = 1,
    dossier: DossierOption = Path(),
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say only what is new: nothing of what is still held, or not due.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Issue what is due by its schedule, or has other data where that is its schedule: one shot, for cron and its like."""
    with problems_shown(as_json), steps() as progress:
        from briefing import regular

        found = regular.due(dossier, at or now(), jobs=jobs, progress=progress)
    report = found.report
    if as_json:
        import msgspec

        print_json({**msgspec.to_builtins(report), "deliveries": msgspec.to_builtins(found.deliveries)})
        raise typer.Exit(1 if found.failed else 0)
    for each in report.outcomes:
        if not (quiet and each.result in ("still held", "nothing new", "taken")):
            typer.echo(str(each), err=True)
            for line in each.problems if each.result != "still held" else ():
                typer.echo(f"  {line}", err=True)
            for path in each.paths:
                typer.echo(path)
    if not quiet:
        counts = {word: sum(each.result == word for each in report.outcomes) for word in ("issued", "held", "still held", "failed")}
        told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        typer.echo(f"{report.scheduled} scheduled: {told or ('nothing new' if report.outcomes else 'nothing is due')}", err=True)
    for done in found.deliveries:
        if done.failed or not quiet:
            typer.echo(done.line, err=True)
            for line in done.problems:
                typer.echo(f"  {line}", err=True)
    for warning in (*report.warnings, *(each for done in found.deliveries for each in done.warnings)):
        typer.echo(warning, err=True)
    if found.failed:
        raise typer.Exit(1)


@schedule.command("list")
def list_(
    at: At = None,
    count: Annotated[int, typer.Option("--count", help="How many of its next runs to list.", min=1, max=100, metavar="N")] = 1,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """List the briefs that have a schedule: when each is next due, in its own time zone, and what its last run came to."""
    with problems_shown(as_json):
        from briefing import scheduling

        listing = scheduling.coming(dossier, at or now(), count)
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(listing))
    else:
        width = max((len(each.brief) for each in listing.briefs), default=0)
        for each in listing.briefs:
            marks = "".join((", held" if each.held else "", ", a slot was missed" if each.missed else ""))
            first, *more = [f"{moment:%a %Y-%m-%d %H:%M %Z}" for moment in each.next] or ["-"]
            typer.echo(f"{each.brief:<{width}}  {first:<26}  {each.cadence} ({each.time_zone}){marks}; {each.last or 'never run'}")
            for moment in more:
                typer.echo(f"{'':<{width}}  {moment}")
        if not listing.briefs and not listing.broken:
            typer.echo("no brief has a schedule; see docs/schedule.md")
    for lines in listing.broken.values():
        for line in lines:
            typer.echo(line, err=True)
    if listing.broken:
        raise typer.Exit(1)


@schedule.command()
def run(
    jobs: Jobs = 1,
    dossier: DossierOption = Path(),
    log: Annotated[
        Path | None, typer.Option("--log", help="The log. briefs/editions/schedule.log by default.", metavar="FILE")
    ] = None,
    health: HealthFile = None,
    poll: Annotated[
        float, typer.Option("--poll", help="Seconds between two looks at the data.", min=1, max=3600, metavar="SECONDS")
    ] = 30,
) -> None:
    """Stay, and issue each brief when it is due, until SIGTERM or an interrupt; then end the edition in hand."""
    with problems_shown(False):
        from briefing import daemon, regular

        extra = regular.for_daemon(dossier)
        daemon.run(dossier, now, jobs=jobs, log=log, health=health, poll=poll, say=lambda line: print(line, flush=True), **extra)


@schedule.command("health")
def health_(at: At = None, dossier: DossierOption = Path(), health: HealthFile = None, as_json: Json = False) -> None:
    """Say whether a scheduler is running and all is well; end with 1 where it has stopped or a brief is not there. For monitors."""
    with problems_shown(as_json):
        from briefing import daemon

        found = daemon.read_health(health or dossier / "briefs" / "editions" / daemon.HEALTH, at or now())
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(found))
    for line in found.wrong:
        typer.echo(line, err=True)
    if found.wrong:
        raise typer.Exit(1)
    if not as_json:
        typer.echo(found.line)


@schedule.command()
def install(
    target: Annotated[Target, typer.Argument(help="systemd: a service and a timer; cron: a line; github: a workflow.")],
    out: Out = None,
    every: Annotated[
        int | None,
        typer.Option(
            "--every", help="Minutes between two looks; 5, and 60 on GitHub, by default.", min=1, max=60, metavar="MINUTES"
        ),
    ] = None,
    jobs: Jobs = 1,
    dossier: DossierOption = Path(),
) -> None:
    """Print what lets another scheduler run `generate due`, or write it to --out: a folder, or a file where it is one."""
    with problems_shown(False):
        from briefing import installing, scheduling

        called = installing.program(sys.argv, sys.executable)
        for name, text in installing.texts(
            target.value, called, dossier, every=every or (60 if target is Target.github else 5), jobs=jobs
        ).items():
            if out is None:
                typer.echo(f"# {name}\n{text}" if target is Target.systemd else text, nl=target is Target.systemd)
            else:
                typer.echo(scheduling.write(out, name, text))
