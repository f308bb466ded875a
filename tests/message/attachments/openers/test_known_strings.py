"""The test file is known, and a text that speaks of it is not."""

import pytest

from gatepost.message.attachments.openers import known_strings
from opened_files import codes, open_alone

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))


@pytest.mark.parametrize("content", [EICAR, EICAR + b"\r\n \x1a", b"\n" + EICAR, EICAR + b"more"])
def test_the_test_file_is_known(content: bytes) -> None:
    assert codes(open_alone(known_strings, content)) == {"signature.eicar"}


@pytest.mark.parametrize("content", [b"", EICAR[:-1], b"It reads " + EICAR, b" " * 100 + EICAR, EICAR.lower()])
def test_what_only_speaks_of_it_is_not(content: bytes) -> None:
    assert codes(open_alone(known_strings, content)) == set()
