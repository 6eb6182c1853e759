"""What is to be dispatched: readers in groups of one variant and channel, by what way, and what makes their parcels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from briefing.deliver.sending import Copier, Posting, Report, Work
from briefing.delivery import ChannelName, Reader, Rendition, Settings, Variant
from briefing.recipe import FormatName


class Way(msgspec.Struct, frozen=True):
    """By what means parcels are sent: processes of this machine, or a Dask cluster; and whether temporary refusals are waited for."""

    jobs: int = 1
    cluster: str = ""
    wait: bool = True


class Group(msgspec.Struct):
    """Readers who get the same variant by the same channel, by their ids."""

    variant: Variant
    channel: ChannelName
    formats: tuple[FormatName, ...] = ()  # all that any of them wants
    ids: list[str] = []


class Job(msgspec.Struct, frozen=True):
    """What is to be dispatched: who makes works of groups and postings of ids, and who is told."""

    root: Path
    settings: Settings
    at: datetime
    work: Callable[[Group], Work]  # raises BriefingError where the variant cannot be made
    posting: Callable[[Group, str], Posting | None]
    told: Callable[[Report], None] = lambda _: None
    progress: Callable[[str], None] = lambda _: None
    stop: Callable[[], bool] = lambda: False
    way: Way = Way()


def postings(job: Job, group: Group, ids: Iterable[str]) -> Iterator[Posting]:
    """Yield the postings of readers by their ids."""
    for name in ids:
        posting = job.posting(group, name)
        if posting is not None:
            yield posting


def copier(root: Path, settings: Settings, at: datetime) -> Copier:
    """Return what makes readers' own copies; its libraries are imported when the first is asked for."""
    made: list[Copier] = []

    def copies(reader: Reader, rendition: Rendition) -> Mapping[str, bytes]:
        if not made:
            from briefing.copying import Copies
            from briefing.deliver.secrets import secret

            made.append(Copies(root, settings, at, secret).of)
        return made[0](reader, rendition)

    return copies
