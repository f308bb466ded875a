"""editdata.mso."""

import pytest

from built_files.compound_files import build_compound
from built_files.office import build_active_mime
from gatepost.message.attachments.desk import Limits
from gatepost.message.attachments.openers import active_mime as opener
from gatepost.model.contents import Opening
from opened_files import open_alone

COMPOUND = build_compound({"VBA": {"dir": b"x"}})


@pytest.mark.parametrize("front", [b"", bytes(100)])
def test_the_compound_file_is_unpacked_wherever_it_begins(front: bytes) -> None:
    packed = build_active_mime(COMPOUND)
    opened = open_alone(opener, packed[:50] + front + packed[50:])
    assert [file.content for file in opened.files] == [COMPOUND]


def test_what_cannot_be_unpacked_is_broken_and_what_is_too_large_a_limit() -> None:
    assert open_alone(opener, b"ActiveMime" + bytes(60)).opening is Opening.BROKEN
    assert open_alone(opener, build_active_mime(COMPOUND), limits=Limits(file_bytes=100)).opening is Opening.LIMIT
