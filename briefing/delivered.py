"""Who got what: the ledger, asked; and what comes back, told to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from briefing.deliver.ledger_rows import STANDINGS
from briefing.pipeline import EDITIONS

STATES = STANDINGS  # that a row of the ledger may be in


def deliveries(root: Path, *, brief: str = "", reader: str = "", state: str = "") -> Iterator[dict[str, object]]:
    """Yield who got what, as plain data, row by row."""
    if not _kept(root):
        return
    from briefing.deliver.ledger import Ledger

    with Ledger(root) as ledger:
        for each in ledger.deliveries(brief=brief, reader=reader, state=state):
            key = each.key
            yield {
                "edition": f"{key.brief}{f'-{key.theme}' if key.theme else ''}/{key.number}",
                "reader": key.reader,
                "channel": key.channel,
                "occasion": key.occasion,
                "state": each.state,
                "address": each.address if each.address != key.reader else "",
                "attempts": each.attempts,
                "intended": each.intended,
                "settled": each.settled,
                "next": each.next,
                "detail": each.detail,
                "digest": each.digest,
            }


def suppressed(root: Path) -> dict[str, str]:
    """Return the addresses that nothing is sent to, each with the reason."""
    if not _kept(root):
        return {}
    from briefing.deliver.ledger import Ledger

    with Ledger(root) as ledger:
        return ledger.suppressed()


def _kept(root: Path) -> bool:
    """Whether there is a ledger: asking makes none."""
    from briefing.state import STATE

    return (root / "briefs" / EDITIONS / STATE).exists()


def bounced(root: Path, source: Path) -> list[str]:
    """Note which mails have come back, suppress the addresses that are none, and return what was found, a line each.

    A notice counts only where the ledger knows its mail, and that it went to this address: anybody can write one. Raises BriefingError
    where `source` cannot be read.
    """
    from briefing.deliver import bounces
    from briefing.deliver.ledger import Ledger
    from briefing.deliver.sending import now

    lines = []
    with Ledger(root) as ledger:
        for each in bounces.read(source):
            if each.delayed:
                lines.append(f"{each.address}: still being tried: {each.reason}")
                continue
            key = ledger.bounced(each.message_id, each.address, each.reason, now(), permanent=each.permanent)
            if key is None:
                lines.append(f"{each.address}: passed over, the ledger knows no such mail to it: {each.reason}")
            else:
                what = "came back, and nothing is sent there any more" if each.permanent else "came back"
                lines.append(f"{each.address}: {key.brief}/{key.number} {what}: {each.reason}")
    return lines


def unsuppress(root: Path, addresses: Iterable[str]) -> list[str]:
    """Allow mail to addresses again, and return what that changed, a line each."""
    from briefing.deliver.ledger import Ledger
    from briefing.deliver.sending import now

    with Ledger(root) as ledger:
        return [
            f"{each}: mail may go there again" if ledger.unsuppress(each, now()) else f"{each}: nothing kept mail from it"
            for each in addresses
        ]
