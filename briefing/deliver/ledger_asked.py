"""What the ledger is asked: who got what, and what people decided. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from briefing.deliver.ledger_rows import KEY, Delivery, Key
from briefing.state import State


class Asked:
    """The ledger as far as it is read. `_lines` is the file that it is in."""

    _lines: State

    def suppressed(self) -> dict[str, str]:
        """Return the addresses that nothing is sent to, each with the reason."""
        return dict(self._lines.execute("SELECT address, why FROM delivery_suppressed ORDER BY address").fetchall())

    def decisions(self) -> list[tuple[str, str, str, str]]:
        """Return what people decided and what came too late, the oldest first: when, what, about what, and what stood there before."""
        return self._lines.execute("SELECT at, what, subject, was FROM delivery_decisions ORDER BY id").fetchall()

    def had(self, brief: str, reader: str, channel: str, withdrawn: Iterable[int] = ()) -> dict[str, int]:
        """Return the last edition that a reader was sent, by theme; "" is the whole. Those withdrawn do not count."""
        gone, found = set(withdrawn), dict[str, int]()
        rows = self._lines.execute(
            "SELECT theme, number FROM deliveries WHERE brief = ? AND reader = ? AND channel = ? AND state = 'sent'",
            (brief, reader, channel),
        )
        for theme, number in rows:
            if number not in gone:
                found[theme] = max(number, found.get(theme, 0))
        return found

    def deliveries(
        self, *, brief: str = "", reader: str = "", state: str = "", occasion: str = "", fact: str = "", key: Key | None = None
    ) -> Iterator[Delivery]:
        """Yield rows in the order of brief, reader, channel, theme and edition; of a fact, those whose rendition printed it."""
        where: list[str] = ["1"]
        values: list[str | int] = []
        for column, value in (("brief", brief), ("reader", reader), ("state", state), ("occasion", occasion)):
            if value:
                where.append(f"{column} = ?")
                values.append(value)
        if fact:
            where.append("rendition IN (SELECT r.id FROM delivery_renditions r, json_each(r.facts) f WHERE f.value = ?)")
            values.append(fact)
        if key is not None:
            where.append(KEY)
            values += key.row
        rows = self._lines.execute(
            "SELECT brief, number, reader, channel, theme, occasion, state, address, attempts, intended, settled, next, detail, digest"  # noqa: S608
            f" FROM deliveries WHERE {' AND '.join(where)} ORDER BY brief, reader, channel, theme, number, occasion",
            values,
        )
        for row in rows:
            yield Delivery(Key(*row[:6]), *row[6:])

    def whose(self, digest: str) -> list[tuple[Key, str, str]]:
        """Return the deliveries whose own copy has this SHA-256: the key, the file's name and when it was made."""
        rows = self._lines.execute(
            "SELECT brief, number, reader, channel, theme, occasion, file, made FROM delivery_copies WHERE digest = ? ORDER BY made",
            (digest,),
        )
        return [(Key(*row[:6]), row[6], row[7]) for row in rows]
