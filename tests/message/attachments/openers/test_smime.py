"""What is signed is opened as a mail, however its lengths are told; what only its reader can open is told as locked."""

import base64
import time

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given
from hypothesis import strategies as st

from archive_builders import pack
from gatepost.message.attachments.desk import Desk
from gatepost.message.attachments.openers import smime as opener
from gatepost.message.attachments.openers import zip as unzip
from gatepost.message.attachments.opening import make_desk
from gatepost.model.contents import OpenedFile, Opening
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import Keep
from opened_files import codes, open_alone
from signed_mails import OIDS, make_signer, sign, tell, write_signed

MAIL = b"Content-Type: text/plain\r\n\r\nSee https://a.example/\r\n"
COMPRESSED = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"
UNSEEN = "opening.unseen"


def encrypt(content: bytes) -> bytes:
    building = pkcs7.PKCS7EnvelopeBuilder().set_data(content).add_recipient(make_signer()[1])
    return building.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def open_one(content: bytes, name: str = "smime.p7m") -> OpenedFile:
    opened = open_alone(opener, content, name)
    assert opened.kind is FileKind.SMIME
    return opened


def read(opened: OpenedFile) -> list[bytes]:
    return [file.content for file in opened.files]


def test_what_is_signed_is_opened_as_a_mail() -> None:
    opened = open_one(sign(MAIL))
    assert (read(opened), opened.opening) == ([MAIL], Opening.OPENED)
    assert (opened.files[0].name, opened.files[0].kind) == ("signed.eml", FileKind.MAIL)


def test_a_signature_beside_a_mail_carries_nothing() -> None:
    opened = open_one(sign(MAIL, pkcs7.PKCS7Options.DetachedSignature), "smime.p7s")
    assert (read(opened), opened.opening, opened.traits) == ([], Opening.OPENED, ())


@pytest.mark.parametrize("form", ["short", "long", "none"])
def test_lengths_are_told_in_any_form_and_strings_are_cut_into_pieces(form: str) -> None:
    whole = tell(4, MAIL)
    pieces = tell(0x24, tell(4, MAIL[:9]), tell(0x24, tell(4, MAIL[9:20]), form=form), tell(4, MAIL[20:]), form=form)
    for octets in (whole, pieces):
        assert read(open_one(write_signed(octets, form))) == [MAIL]


@pytest.mark.parametrize(
    ("name", "inner"),
    [("offer.pdf.p7m", "offer.pdf"), ("phone.mobileconfig", "phone.mobileconfig"), ("a.P7M", "a"), ("p7m", "p7m")],
)
def test_another_file_that_is_signed_keeps_its_name(name: str, inner: str) -> None:
    opened = open_one(sign(b"%PDF-1.7\n%%EOF\n"), name)
    assert [(file.name, file.kind) for file in opened.files] == [(inner, FileKind.PDF)]


@pytest.mark.parametrize("content", [MAIL, b"%PDF-1.7\n%%EOF\n"])
def test_what_is_signed_is_given_to_an_antivirus_which_does_not_open_it_itself(content: bytes) -> None:
    (opened,) = make_desk((), Keep.UNLOCKED).open("1", "smime.p7m", sign(content)).files
    assert opened.content == content


def test_a_text_without_headers_is_shown_as_well_unless_it_lies_deeper() -> None:
    text = b"Dear customer,\r\n\r\nsign in at https://a.example/ today.\r\n"
    opened = open_one(sign(text))
    assert (opened.files[0].kind, opened.shown) == (FileKind.TEXT, (text,))
    desk = Desk({FileKind.SMIME: (opener,), FileKind.ZIP: (unzip,)})
    assert [file.shown for file in desk.open("1", "a.zip", pack("zip", {"a.p7m": sign(text)})).walk()] == [()] * 3


def test_armour_is_taken_off() -> None:
    armoured = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(sign(MAIL)) + b"-----END PKCS7-----\n"
    assert read(open_one(armoured)) == [MAIL]


def arm(content: bytes) -> bytes:
    return b"-----BEGIN CMS-----\n" + base64.b64encode(content) + b"\n-----END CMS-----\n"


def test_armour_within_what_was_signed_does_not_stand_for_it() -> None:
    mail = MAIL + arm(write_signed(tell(4, b"\r\nHello\r\n")))
    assert read(open_one(write_signed(tell(4, mail)))) == [mail]


def test_armour_that_is_cut_is_read_as_far_as_it_goes_and_a_second_one_is_told() -> None:
    armoured = arm(write_signed(tell(4, MAIL + b" ")))
    assert b"=\n" in armoured
    assert read(open_one(armoured.replace(b"=", b""))) == [MAIL + b" "]
    twice = open_one(armoured + arm(write_signed(tell(4, MAIL))))
    assert (read(twice), codes(twice)) == ([MAIL + b" "], {UNSEEN})


def test_many_beginnings_of_armour_do_not_take_long() -> None:
    start = time.process_time()
    open_one(b"-----BEGIN PKCS7-----" * 100_000)
    assert time.process_time() - start < 2


def test_content_without_a_signature_is_opened() -> None:
    assert read(open_one(tell(0x30, tell(6, OIDS["data"]), tell(0xA0, tell(4, MAIL))))) == [MAIL]


def test_what_only_its_reader_can_open_is_locked() -> None:
    opened = open_one(encrypt(MAIL))
    assert (read(opened), opened.opening) == ([], Opening.LOCKED)


def test_what_is_packed_or_unknown_in_it_is_left_unseen() -> None:
    for kind in (COMPRESSED, OIDS["data"][:-1] + b"\x63"):
        opened = open_one(tell(0x30, tell(6, kind), tell(0xA0, tell(0x30, b""))))
        assert (codes(opened), opened.opening) == ({UNSEEN}, Opening.LIMIT)


def test_a_damaged_message_is_left_unseen_and_a_damaged_signature_is_not_told() -> None:
    damaged = sign(MAIL)[:-40]
    for name in ("smime.p7m", "", "Invoice"):
        assert codes(open_one(damaged, name)) == {UNSEEN}
    opened = open_one(damaged, "smime.p7s")
    assert (codes(opened), opened.opening) == (set(), Opening.LEAF)


@pytest.mark.parametrize("form", ["short", "long", "none"])
def test_a_damaged_signature_beside_a_mail_is_not_told_whatever_its_name(form: str) -> None:
    content = write_signed(b"", form, tell(0xA0, bytes(300), form=form))
    opened = open_one(content[:-100], "song.mp3")
    assert (codes(opened), opened.opening, opened.files) == (set(), Opening.OPENED, ())


@pytest.mark.parametrize("behind", [b"Content-Type: text/html", b"<html>", b"<a href=x>", b"http://a.example"])
def test_a_damaged_signature_with_a_text_behind_the_place_of_the_content_is_left_unseen(behind: bytes) -> None:
    content = write_signed(b"", "none", tell(0xA0, behind, bytes(300)))
    assert codes(open_one(content[:-100], "song.mp3")) == {UNSEEN}


@pytest.mark.parametrize("form", ["short", "long", "none"])
def test_what_is_damaged_anywhere_is_left_unseen_where_a_content_may_be_in_it(form: str) -> None:
    content = write_signed(tell(4, MAIL), form)
    for at in range(30, len(content)):
        opened = open_alone(opener, content[:at], "smime.p7m")
        assert opened.kind is not FileKind.SMIME or codes(opened) == {UNSEEN}


@pytest.mark.parametrize(("declared", "is_told"), [("application/pkcs7-mime", True), ("", False)])
def test_a_damaged_mail_is_told_though_it_has_the_name_of_a_signature(declared: str, *, is_told: bool) -> None:
    desk = Desk({FileKind.SMIME: (opener,)})
    opened = desk.open("1", "smime.p7s", sign(MAIL)[:-40], declared)
    assert (UNSEEN in codes(opened)) is is_told


def test_a_message_of_too_many_values_or_too_deep_is_left_unseen() -> None:
    many = tell(0x24, tell(4, b"x") * (opener.MAX_VALUES + 1))
    deep = tell(4, b"x")
    for _ in range(opener.MAX_DEPTH + 9):
        deep = tell(0x24, deep, form="none")
    for octets in (many, deep):
        assert codes(open_one(write_signed(octets, "none"))) == {UNSEEN}


@given(st.binary(max_size=60) | st.integers(0, 400).map(lambda at: sign(MAIL)[:at]))
def test_any_bytes_are_opened_without_an_error_of_ours(rest: bytes) -> None:
    for content in (rest, tell(0x30, tell(6, OIDS["signed"]), rest), write_signed(rest, "none")):
        assert "opening.broken" not in codes(open_alone(opener, content, "smime.p7m"))
