"""A file without a name may have one by another field of its header."""

import pytest

from ambiguous_mails import HEAD
from gatepost.message.ambiguity.names import find_other_name
from gatepost.message.parse import parse_message

FILE = b"Content-Type: application/octet-stream\r\n"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (b"Content-Description: report.exe\r\n", "report.exe"),
        (b"Content-Description: =?utf-8?q?report=2Eexe?=\r\n", "report.exe"),
        (b"Content-Location: http://a.example/b/report.exe\r\n", "report.exe"),
        (b"Content-Location: C:\\b\\report.exe\r\n", "report.exe"),
        (b'Content-Name: "report.exe"\r\n', "report.exe"),
        (b"Content-Description: a note\r\nContent-Location: report.exe\r\n", "report.exe"),
        (b"Content-Description: The report of today\r\n", ""),
        (b"Content-Description: report.exe\r\nContent-Disposition: attachment; filename=a.txt\r\n", ""),
        (b"", ""),
    ],
)
def test_a_name_that_stands_elsewhere_is_found(fields: bytes, name: str) -> None:
    assert find_other_name(parse_message(HEAD + FILE + fields + b"\r\nx").root) == name


def test_a_name_is_no_longer_than_file_systems_allow() -> None:
    fields = b"Content-Description: " + b"a" * 500 + b".exe\r\n"
    assert len(find_other_name(parse_message(HEAD + FILE + fields + b"\r\nx").root)) == 255
