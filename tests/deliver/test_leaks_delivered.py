"""What is marked higher stands in no byte that any channel hands out to readers without clearance: mails, folders, copies, the site."""

from __future__ import annotations

import email
import email.policy
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from briefing import delivering, issuing, publishing
from briefing.going import Options
from briefing.problems import BriefingError
from tests.deliver.mail_servers import running
from tests.deliver.vault import DAY, Marks, standing, vaults, write

MANY = int(os.environ.get("BRIEFING_VAULTS", "5"))
MOMENT = datetime(2025, 6, 1, 12, tzinfo=UTC)
READERS = """
readers:
  - {id: boxed, name: Boxed, address: boxed@example.org, channel: outbox, briefs: [all], formats: [pdf, docx, html, txt]}
  - {id: posted, name: Posted, address: posted@example.org, channel: smtp, briefs: [all], formats: [pdf, docx, html, txt], stamp: true}
  - {id: filed, name: Filed, folder: FOLDER, channel: folder, briefs: [all], formats: [pdf, docx, html, txt]}
  - {id: themed, name: Themed, address: themed@example.org, channel: outbox, briefs: [all], themes: [alpha], formats: [docx]}
"""


def opened(name: str, mail: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a mail as it travels, its header fields as they read, and its parts as they were before they were wrapped up."""
    yield f"{name}.eml", mail
    found = email.message_from_bytes(mail, policy=email.policy.default)
    yield f"{name}.header", "\n".join(f"{key}: {value}" for key, value in found.items()).encode()
    for number, part in enumerate(found.walk()):
        if not part.is_multipart():
            ending = part.get_filename() or {"text/html": "body.html"}.get(part.get_content_type(), "body.txt")
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            yield f"{name}.{number}.{ending}", payload


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@settings(
    max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
@given(vaults(), st.sampled_from(["", "open"]))
def test_no_channel_hands_out_what_is_marked_higher(made: tuple[dict[str, Any], Marks], clearance: str) -> None:
    files, marks = made
    with tempfile.TemporaryDirectory() as folder, running() as server:
        root = write(Path(folder) / "dossier", files)
        issuing.issue(root, "brief", DAY, MOMENT, formats=("pdf", "docx", "html", "txt"), released="for a test")
        text = READERS.replace("FOLDER", str(Path(folder) / "filed"))
        (root / "readers.yaml").write_text(text.replace("}", f", clearance: {clearance}}}") if clearance else text, "utf-8")
        smtp = f"{{host: 127.0.0.1, port: {server.port}, security: none}}"
        (root / "delivery.yaml").write_text(f"sender: Desk <desk@example.org>\nsmtp: {smtp}\n", "utf-8")
        told: list[object] = []
        (done,) = delivering.deliver(root, "brief", MOMENT, Options(told=told.append))
        mails = [*files_of(root / "briefs/outbox/new").items(), *((f"to-{who}", data) for who, data in server.taken)]
        handed = files_of(Path(folder) / "filed") | {path: data for name, mail in mails for path, data in opened(name, mail)}
        try:
            publishing.publish(root)
            handed |= files_of((root / "briefs/site").resolve())
        except BriefingError as error:
            assert "may be shown to everybody" in str(error)  # noqa: PT017
        assert standing(marks.hidden(), handed) == []
        assert done.counts["sent"] >= 3, told
        assert standing(marks.shown(), handed) != []
