"""OpenPGP messages that need no key are opened, however they are packed; encrypted ones are told as locked."""

import base64
import bz2
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.desk import Limits
from gatepost.message.attachments.openers import openpgp as opener
from gatepost.model.contents import OpenedFile, Opening
from gatepost.model.file_kinds import FileKind
from opened_files import codes, open_alone

MAIL = b"Content-Type: text/plain\r\n\r\nSee https://a.example/\r\n"
UNSEEN = "opening.unseen"
SIGNATURE, ONE_PASS = (2, b"\x04\x00" + bytes(90)), (4, b"\x03\x00" + bytes(11))


def write_old(tag: int, body: bytes) -> bytes:
    return bytes([0x80 | tag << 2 | 2]) + len(body).to_bytes(4, "big") + body


def write_endless(tag: int, body: bytes) -> bytes:
    return bytes([0x80 | tag << 2 | 3]) + body


def write_new(tag: int, body: bytes) -> bytes:
    if len(body) < 192:
        size = bytes([len(body)])
    elif len(body) < 8384:
        size = bytes([(len(body) - 192 >> 8) + 192, len(body) - 192 & 0xFF])
    else:
        size = b"\xff" + len(body).to_bytes(4, "big")
    return bytes([0xC0 | tag]) + size + body


def write_pieces(tag: int, body: bytes) -> bytes:
    pieces = [body[at : at + 16] for at in range(0, len(body), 16)]
    *firsts, last = [*pieces, b""] if len(pieces[-1]) == 16 else pieces
    return bytes([0xC0 | tag]) + b"".join(b"\xe4" + piece for piece in firsts) + bytes([len(last)]) + last


def write_literal(content: bytes, name: bytes = b"") -> bytes:
    return b"b" + bytes([len(name)]) + name + bytes(4) + content


def pack_raw(packets: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return b"\x01" + packing.compress(packets) + packing.flush()


def armour(packets: bytes, headers: bytes = b"") -> bytes:
    code = base64.encodebytes(packets)
    return b"-----BEGIN PGP MESSAGE-----\n" + headers + b"\n" + code + b"=x4Pq\n-----END PGP MESSAGE-----\n"


def open_one(content: bytes, name: str = "encrypted.asc", limits: Limits | None = None) -> OpenedFile:
    opened = open_alone(opener, content, name, limits=limits or Limits())
    assert opened.kind is FileKind.PGP
    return opened


def read(opened: OpenedFile) -> list[bytes]:
    return [file.content for file in opened.files]


@pytest.mark.parametrize("write", [write_old, write_endless, write_new, write_pieces])
@pytest.mark.parametrize("content", [MAIL, MAIL + b"x" * 500, MAIL + b"y" * 9_000, MAIL[:-2] + b"!" * 10])
def test_literal_data_is_read_in_each_form_of_a_packet(write: Callable[[int, bytes], bytes], content: bytes) -> None:
    opened = open_one(armour(write(11, write_literal(content))))
    assert (read(opened), opened.opening) == ([content], Opening.OPENED)
    assert (opened.files[0].name, opened.files[0].kind) == ("signed.eml", FileKind.MAIL)


@pytest.mark.parametrize(
    "pack",
    [
        pack_raw,
        lambda packets: b"\x02" + zlib.compress(packets),
        lambda packets: b"\x03" + bz2.compress(packets),
        lambda packets: b"\x00" + packets,
    ],
)
def test_what_is_packed_is_unpacked(pack: Callable[[bytes], bytes]) -> None:
    packets = write_new(*ONE_PASS) + write_new(11, write_literal(MAIL)) + write_new(*SIGNATURE)
    assert read(open_one(armour(write_endless(8, pack(packets))))) == [MAIL]


def test_another_file_keeps_the_name_that_the_message_or_its_own_gives() -> None:
    pdf = b"%PDF-1.7\n%%EOF\n"
    for name, inner in ((b"offer.pdf", "offer.pdf"), (b"", "letter.pdf")):
        (file,) = open_one(armour(write_new(11, write_literal(pdf, name))), "letter.pdf.asc").files
        assert (file.name, file.kind) == (inner, FileKind.PDF)


def test_a_text_without_headers_is_shown_as_well() -> None:
    text = b"Dear customer,\r\n\r\nsign in at https://a.example/ today.\r\n"
    opened = open_one(armour(write_new(11, write_literal(text, b"x.txt"))))
    assert ([file.name for file in opened.files], opened.shown) == (["x.txt"], (text,))


def test_headers_of_the_armour_and_what_stands_around_it_are_passed_over() -> None:
    message = armour(write_new(11, write_literal(MAIL)), b"Version: x\r\nComment: y z\r\n")
    assert read(open_one(message + b"\nSome text\n" + message)) == [MAIL, MAIL]


@pytest.mark.parametrize("tag", [1, 3, 9, 18, 20])
def test_what_is_encrypted_is_locked(tag: int) -> None:
    opened = open_one(armour(write_new(tag, bytes(40))))
    assert (read(opened), opened.opening, codes(opened)) == ([], Opening.LOCKED, set())


@pytest.mark.parametrize(
    "content",
    [b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n", b"-----BEGIN PGP SIGNATURE-----\n\nabc\n", armour(b"abc")],
)
def test_keys_signatures_and_what_is_no_message_are_left_alone(content: bytes) -> None:
    opened = open_one(content)
    assert (opened.opening, opened.traits, opened.files) == (Opening.LEAF, (), ())


def test_a_message_that_is_cut_off_anywhere_is_told_and_read_as_far_as_it_goes() -> None:
    packets = write_new(*ONE_PASS) + write_new(11, write_literal(MAIL)) + write_new(*SIGNATURE)
    whole = write_old(8, pack_raw(packets))
    for at in range(6, len(whole)):
        opened = open_one(armour(whole[:at]))
        assert codes(opened) == {UNSEEN}
    assert read(open_one(armour(write_old(11, write_literal(MAIL))[:-5]))) == [MAIL[:-5]]


@pytest.mark.parametrize(
    "body",
    [
        b"\x09abc",
        b"\x01\xff\xff",
        b"\x02not zlib",
        b"\x03BZhnot",
        b"",
        b"\x00" + write_new(60, b"x"),
    ],
)
def test_what_cannot_be_unpacked_is_left_unseen(body: bytes) -> None:
    assert codes(open_one(armour(write_old(8, body)))) == {UNSEEN}


def test_bombs_and_messages_without_end_are_left_unseen() -> None:
    bomb = write_endless(8, pack_raw(write_new(11, write_literal(bytes(3_000_000)))))
    assert codes(open_one(armour(bomb), limits=Limits(file_bytes=1_000_000))) == {UNSEEN}
    deep = write_new(11, write_literal(MAIL))
    for _ in range(opener.MAX_DEPTH + 2):
        deep = write_endless(8, pack_raw(deep))
    many = write_new(10, b"PGP") * (opener.MAX_PACKETS + 1)
    short = armour(write_new(11, write_literal(MAIL))) * (opener.MAX_MESSAGES + 1)
    for content in (armour(deep), armour(many), armour(b"\xcb" + b"\xe0a" * (opener.MAX_PIECES + 1)), short):
        assert codes(open_one(content)) == {UNSEEN}


@pytest.mark.parametrize("text", [b"-----BEGIN PGP MESSAGE-----\n", b"\n \n", b"=AAAA\n", b"-----END PGP"])
def test_no_armour_takes_long(text: bytes) -> None:
    start = time.process_time()
    open_one(b"-----BEGIN PGP MESSAGE-----\n" + text * (1_000_000 // len(text)))
    assert time.process_time() - start < 3


@given(
    st.binary(max_size=60), st.sampled_from([write_old, write_new, write_endless]), st.sampled_from([2, 8, 11, 18, 60])
)
def test_any_bytes_are_opened_without_an_error_of_ours(
    body: bytes, write: Callable[[int, bytes], bytes], tag: int
) -> None:
    for content in (armour(body), armour(write(tag, body)), armour(write_old(8, b"\x00" + write(tag, body)))):
        assert "opening.broken" not in codes(open_one(content))
