"""All mails of the development corpus, read in place: none may raise, and every place lies within its mail."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from paths import SHARED, needs_shared

CORPUS = SHARED / "data" / "corpus"
MAIL_COUNTS = {
    "ccert2005": 1251,
    "dsn_sisimai": 132,
    "fix_dev": 662,
    "html_dev": 146,
    "list_usrp": 2600,
    "mxai_synth": 250,
    "phishing_pot": 4015,
    "spamassassin": 5695,
}


def read_mails(archive: Path) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    with (
        archive.open("rb") as file,
        decompressor.stream_reader(file) as stream,
        tarfile.open(fileobj=stream, mode="r|") as tar,
    ):
        for member in tar:
            if content := tar.extractfile(member):
                yield content.read()


def touch_everything(message: Message) -> None:
    """Ask for all that is made when first asked for."""
    size = len(message.raw)
    assert message.text.isascii() or len(message.text.encode("utf-8")) > len(message.text)
    assert message.subject.count("\n") == 0
    assert all(mailbox.display_name is not None for mailbox in (*message.from_, *message.to, *message.cc))
    assert all(0 <= link.span.start <= link.span.end <= size for link in message.links)
    assert all(0 <= form.span.start <= form.span.end <= size for form in message.forms)
    assert all(0 <= defect.span.start <= defect.span.end <= size for defect in message.defects)
    assert all(part.filename is not None and part.content is not None for part in message.attachments)
    assert message.date is None or message.date.tzinfo is not None
    assert message.report is None or message.report.report_type


@needs_shared
@pytest.mark.parametrize("group", MAIL_COUNTS)
def test_every_mail_of_the_corpus_is_read_whole(group: str) -> None:
    count = 0
    for raw in read_mails(CORPUS / f"{group}.tar.zst"):
        touch_everything(parse_message(raw))
        count += 1
    assert count == MAIL_COUNTS[group]
