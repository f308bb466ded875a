"""Lines in the header at which programs part ways."""

import pytest

from gatepost.message.parse import parse_message
from gatepost.origin.header_lines import find_stray_line

HEAD = b"From: a@example.org\r\nSubject: Hello\r\n there\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"\r\nHi.\r\n",
        HEAD,
        b"",
        HEAD.replace(b"\r\n", b"\n") + b"\nHi.\n",
        b"From a@example.org Fri Jan  2 03:04:05 2026\r\n" + HEAD + b"\r\n",
    ],
)
def test_a_header_of_fields_alone_is_read_alike_by_all(raw: bytes) -> None:
    assert find_stray_line(parse_message(raw)) == ""


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b" From: b@example.org\r\n" + HEAD, "no field"),
        (b"\0From: b@example.org\r\n" + HEAD, "no field"),
        (HEAD + b"Read this\r\nX-Note: here\r\n\r\n", "no field"),
        (HEAD + b"Fr\xc3\xb6m: here\r\n\r\n", "not ASCII"),
        (HEAD + b"X-Note: here\rFrom: b@example.org\r\n\r\n", "bare CR"),
        (HEAD + b"Read this\r\n", "neither empty nor a field"),
    ],
)
def test_what_is_no_field_is_told(raw: bytes, reason: str) -> None:
    assert reason in find_stray_line(parse_message(raw))
