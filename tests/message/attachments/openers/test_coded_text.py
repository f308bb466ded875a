"""Files that stand in a text in a code of letters are opened."""

import binascii

import pytest

from ambiguous_mails import Payload, encode_binhex, encode_yenc
from archive_cases import EICAR, NOTE, has_eicar, open_file
from gatepost.message.blocks import MAX_BLOCKS
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from opened_files import codes
from zip_builder import Piece, write_zip

FILE = Payload("a.zip", "", write_zip([Piece(b"a.com", EICAR)]))
UUENCODED = b"begin 644 a.zip\n" + FILE.uuencoded + b"`\nend\n"
BASE64 = b"begin-base64 644 a.zip\n" + binascii.b2a_base64(FILE.content) + b"====\n"


@pytest.mark.parametrize("name", ["a.uue", "a.txt"])
@pytest.mark.parametrize("text", [
    UUENCODED, NOTE + UUENCODED, BASE64, encode_binhex(FILE), encode_yenc(FILE),
], ids=["uuencode", "behind words", "base64", "BinHex", "yEnc"])  # fmt: skip
def test_the_file_in_a_text_is_opened(text: bytes, name: str) -> None:
    opened = open_file(text, name)
    assert (opened.kind, opened.opening) == (FileKind.TEXT, Opening.OPENED)
    assert ([file.name for file in opened.files], has_eicar(opened)) == (["a.zip"], True)


def test_the_files_in_an_archive_that_is_a_script_are_opened() -> None:
    opened = open_file(b"#!/bin/sh\nuudecode << END\n" + UUENCODED + b"END\n", "a.shar")
    assert (opened.kind, has_eicar(opened)) == (FileKind.SCRIPT, True)


@pytest.mark.parametrize("text", [NOTE, b"We begin 644 days later.\n", b"begin 644\n", b"=ybegin"])
def test_words_are_no_files(text: bytes) -> None:
    assert open_file(text, "a.txt").files == ()


def test_more_than_is_looked_at_is_told() -> None:
    opened = open_file(UUENCODED * (MAX_BLOCKS + 1), "a.uue")
    assert (opened.opening, "opening.unseen" in codes(opened)) == (Opening.LIMIT, True)
