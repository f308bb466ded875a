"""What a PostScript program reaches for is seen; what only draws is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.openers import postscript as opener
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from opened_files import codes, open_alone, texts

HEAD = b"%!PS-Adobe-3.0\n"


@pytest.mark.parametrize(
    ("program", "found"),
    [
        (b"(%pipe%id) (w) file", {"postscript.runs", "postscript.changes_files"}),
        (b"<< /OutputFile (%pipe%id) >> setpagedevice", {"postscript.runs", "postscript.changes_files"}),
        (b"systemdict /SAFER false .forceput", {"postscript.runs"}),
        (b"(/tmp/a) deletefile", {"postscript.changes_files"}),
        (b"(/tmp/a) (w) file dup (x) writestring", {"postscript.changes_files"}),
        (b"(a) (r) file", set()),
        (b"/Times-Roman findfont 12 scalefont setfont 72 700 moveto (file) show showpage", set()),
    ],
)
def test_a_program_is_known_by_what_it_reaches_for(program: bytes, found: set[str]) -> None:
    opened = open_alone(opener, HEAD + program)
    assert (opened.kind, codes(opened)) == (FileKind.POSTSCRIPT, found)


def test_what_stands_there_is_told_on_one_line() -> None:
    assert texts(open_alone(opener, HEAD + b"(/a)\n  deletefile\nshowpage"), "postscript.changes_files") == [
        "deletefile showpage"
    ]


def test_past_the_limit_the_rest_is_not_looked_at() -> None:
    opened = open_alone(opener, HEAD + b"\n" * opener.MAX_BYTES + b"(a) deletefile")
    assert (opened.opening, opened.traits) == (Opening.LIMIT, ())


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value(content: bytes) -> None:
    open_alone(opener, HEAD + content)
