"""Which channel stands behind a name, and how the editor is told."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from briefing.delivery import Channel, ChannelName, Notice, Outcome, Settings


def open_channel(name: ChannelName, settings: Settings, root: Path) -> Channel:
    """Return a channel, ready for parcels; nothing is connected or written before the first. `root` is the dossier's folder.

    A channel's `send` says what came of it in its Outcome. It raises BriefingError where no reader's parcel could get through until somebody
    mends the settings (a login that is refused, a certificate that does not hold), and then has handed over nothing.
    Raises BriefingError where the settings lack what the channel needs.
    """
    match name:
        case "outbox":
            from briefing.deliver.outbox import Outbox

            return Outbox(root / settings.outbox, settings)
        case "smtp":
            from briefing.deliver.smtp import SmtpChannel

            return SmtpChannel(settings)
        case "folder":
            from briefing.deliver.folder import Folder

            return Folder(settings, root)
        case _:
            assert_never(name)


def send_notice(told: Notice, settings: Settings, root: Path) -> Outcome:
    """Tell the editor by mail: over the server where the dossier's mail goes there, else into the outbox. Return what came of it.

    Raises BriefingError as `open_channel` does, and where the settings name no editor.
    """
    from briefing.deliver.mail import notice_mail
    from briefing.deliver.outbox import Outbox, with_sender

    if settings.channel == "smtp":
        from briefing.deliver.smtp import SmtpChannel

        channel = SmtpChannel(settings)
        try:
            return channel.carry(notice_mail(told, settings))
        finally:
            channel.close()
    outbox = Outbox(root / settings.outbox, settings)
    return outbox.carry(notice_mail(told, with_sender(settings)))
