"""`generate issue`, `release`, `withdraw`, `editions`, `changes`, `verify`: numbered editions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from briefing.commands.options import AsOf, At, Because, Brief, DossierOption, Json
from briefing.commands.shown import now, print_json, problems_shown, steps


def issue(
    name: Brief,
    as_of: AsOf = None,
    at: At = None,
    major: Annotated[bool, typer.Option("--major", help="Count it as a major edition also where the rules say minor.")] = False,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Make the next numbered edition in all formats, if there is something to say; note the check if there is not."""
    with problems_shown(as_json), steps() as progress:
        from briefing import issuing

        moment = at or now()
        made = issuing.issue(dossier, name, as_of.date() if as_of else moment.date(), moment, major=major, progress=progress)
    _show_issued(made, as_json)


def release(name: Brief, because: Because, at: At = None, dossier: DossierOption = Path(), as_json: Json = False) -> None:
    """Issue a held brief although; the reason is kept with the edition."""
    with problems_shown(as_json), steps() as progress:
        from briefing import issuing

        made = issuing.release(dossier, name, because, at or now(), progress=progress)
    _show_issued(made, as_json)


def _show_issued(made: object, as_json: bool) -> None:
    from briefing.issuing import Issued

    assert isinstance(made, Issued)
    if as_json:
        print_json({name: getattr(made, name) for name in made.__struct_fields__})
    elif made.result == "issued":
        typer.echo(f"{made.brief}: edition {made.edition}, {made.kind}: {made.line}", err=True)
        for rule in made.rules[:12]:
            typer.echo(f"  {rule}", err=True)
        if len(made.rules) > 12:
            typer.echo(f"  and {len(made.rules) - 12} more; generate changes {made.brief} lists them", err=True)
        for path in made.paths:
            typer.echo(path)
    else:
        typer.echo(f"{made.brief}: {made.line}")


def withdraw(
    name: Brief,
    number: Annotated[int, typer.Argument(help="The number of the edition.", metavar="N")],
    because: Because,
    at: At = None,
    dossier: DossierOption = Path(),
) -> None:
    """Mark an edition as withdrawn. It stays where it is, and the next edition says that it corrects it."""
    with problems_shown(False):
        from briefing import issuing

        clock = now()
        done = issuing.withdraw(dossier, name, number, because, at or clock, clock=clock)
    typer.echo(f"{name}: edition {number} is withdrawn; {done}")


def editions(
    name: Annotated[str, typer.Argument(help="The brief's name; all where not given.", metavar="[NAME]", show_default=False)] = "",
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """List the editions, the latest first: number, day, kind, whether it stands, what it brought; and the last check."""
    with problems_shown(as_json):
        from briefing import issuing

        rows = issuing.history(dossier, name)
        checks = {
            each: issuing.last_check(dossier, each) for each in ([name] if name else dict.fromkeys(str(r["brief"]) for r in rows))
        }
    if as_json:
        print_json({"editions": rows, "checks": checks})
        return
    if not checks:
        typer.echo("no brief has an edition yet; generate issue NAME makes one", err=True)
    for brief_name, check_line in checks.items():
        typer.echo(f"{brief_name}: {check_line or 'never issued'}")
        for row in rows:
            if row["brief"] == brief_name:
                day = str(row["issued"])[:10]
                successor = (
                    f"; edition {row['successor']} stands in its place" if row["state"] == "withdrawn" and row["successor"] else ""
                )
                typer.echo(
                    f"  {row['edition']:>4}  {day}  as of {row['as_of']}  {row['kind']:<5}  {row['state']:<10}  {row['line']}{successor}"
                )


def changes(
    name: Brief,
    since: Annotated[
        int | None, typer.Option("--since", help="The edition to compare with; the one before by default.", metavar="N")
    ] = None,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Show by fact what changed up to the latest edition: was, is; edits of wording and layout apart."""
    with problems_shown(as_json):
        from briefing import issuing

        first, last, found, edited = issuing.changes(dossier, name, since)
    if as_json:
        import msgspec

        print_json({"from": first, "to": last, "changes": msgspec.to_builtins(found), "edits": msgspec.to_builtins(edited)})
        return
    if first == last:
        typer.echo(f"{name}: edition {last} is the latest; nothing has come since")
        return
    typer.echo(f"{name}: edition {last} since edition {first}" if first else f"{name}: edition {last} is the first")
    for change in found:
        if change.weight != "none":
            figure = change.field.removeprefix("figures.") if change.field.startswith("figures.") else ""
            what = f"{change.fact}{f'.{figure}' if figure else ''}"
            typer.echo(
                f"  {change.weight:<5}  {change.kind:<10}  {what}: {change.was or 'not in it'} -> {change.now or 'not in it'}"
            )
    for edit in edited:
        typer.echo(f"  minor  {edit.kind:<10}  {edit.where}")


def verify(
    name: Brief,
    number: Annotated[int | None, typer.Argument(help="The number of an edition; all where not given.", metavar="[N]")] = None,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Make editions again from what they keep, and compare every byte."""
    with problems_shown(as_json):
        from briefing import issuing

        found = issuing.verify(dossier, name, number)
    if as_json:
        print_json([{"edition": each.edition, "wrong": each.wrong} for each in found])
    for each in found:
        for wrong in each.wrong:
            typer.echo(f"{name}: edition {each.edition}: {wrong}", err=True)
        if not each.wrong and not as_json:
            typer.echo(f"{name}: edition {each.edition} is as it was issued, and made again gives the same bytes")
    if not found:
        typer.echo(f"{name}: there is no edition", err=True)
    if not found or any(each.wrong for each in found):
        raise typer.Exit(1)
