"""What a file really is."""

import pytest

from gatepost.message.attachments.kinds import detect_kind
from gatepost.model.file_kinds import FileKind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", FileKind.EMPTY),
        (b"%PDF-1.7\n", FileKind.PDF),
        (b"PK\x03\x04", FileKind.ZIP),
        (b"\x01\x02", FileKind.UNKNOWN),
    ],
)
def test_the_content_says_the_kind(content: bytes, kind: FileKind) -> None:
    assert detect_kind(content) is kind
