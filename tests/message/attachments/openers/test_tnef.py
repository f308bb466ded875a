"""winmail.dat."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import pack
from built_files.office import build_tnef, build_word
from gatepost.message.attachments.desk import UNSEEN, Desk
from gatepost.message.attachments.kinds import detect_kinds
from gatepost.message.attachments.openers import tnef as opener
from gatepost.message.attachments.openers import zip as unzip
from gatepost.message.parse import parse_message
from gatepost.model.file_kinds import FileKind
from opened_files import links, open_alone

HEAD = b"\x78\x9f\x3e\x22\x01\x00"


def write(number: int, data: bytes) -> bytes:
    return struct.pack("<BII", 2, number, len(data)) + data + bytes(2)


def write_property(kind: int, number: int, value: bytes) -> bytes:
    return struct.pack("<HHII", kind, number, 1, len(value)) + value + bytes(-len(value) % 4)


def test_attachments_are_opened_with_their_names() -> None:
    content = build_tnef("a.txt", b"first") + build_tnef("b.txt", b"second")[6:]
    assert [(file.name, file.content) for file in open_alone(opener, content).files] == [
        ("a.txt", b"first"),
        ("b.txt", b"second"),
    ]


def test_a_document_at_its_end_makes_it_nothing_else() -> None:
    assert detect_kinds(build_tnef("offer.docx", build_word()), "winmail.dat") == (FileKind.TNEF,)


def test_the_long_name_and_the_data_of_properties_count() -> None:
    named = struct.pack("<HH", 0x1E, 0x8001) + bytes(16) + struct.pack("<II", 1, 4) + b"n\x00a\x00"
    named += struct.pack("<II", 1, 2) + b"x\x00\x00\x00"
    properties = struct.pack("<I", 4) + struct.pack("<HHi", 3, 0x3705, 1) + named
    properties += write_property(0x1F, 0x3707, "long name.txt".encode("utf-16-le"))
    properties += write_property(0x0D, 0x3701, bytes(16) + b"inside")
    content = HEAD + write(0x9002, bytes(14)) + write(0x8010, b"SHORT.TXT\x00") + write(0x9005, properties)
    assert [(file.name, file.content) for file in open_alone(opener, content).files] == [("long name.txt", b"inside")]


def test_of_several_contents_of_a_file_each_is_opened() -> None:
    properties = struct.pack("<I", 1) + write_property(0x102, 0x3701, b"second")
    content = build_tnef("a.txt", b"first") + write(0x9005, properties)
    assert [(file.name, file.content) for file in open_alone(opener, content).files] == [
        ("a.txt", b"first"), ("a.txt", b"second"),
    ]  # fmt: skip


def test_of_several_values_of_a_text_each_is_shown() -> None:
    texts = b"".join(struct.pack("<I4s", 3, text) for text in (b"one", b"two"))
    content = HEAD + write(0x9003, struct.pack("<IHHI", 1, 0x1E, 0x1000, 2) + texts)
    shown = open_alone(opener, content).shown
    assert [parse_message(entity).root.text for entity in shown] == ["one", "two"]


@pytest.mark.parametrize(
    "content",
    [
        write(0x9003, struct.pack("<IHH", 2, 0x99, 0x1234) + write_property(0x1E, 0x1000, b"Hello")),
        write(0x9003, struct.pack("<I", 9) + struct.pack("<HHI", 3, 1, 1) * (opener.MAX_PROPERTIES + 2)),
        write(0x9003, struct.pack("<I", 9) + struct.pack("<HHI", 0x1003, 1, 0) * (opener.MAX_PROPERTIES + 9)),
        write(0x8004, b"x") * (opener.MAX_ATTRIBUTES + 1),
    ],
)
def test_what_is_not_read_to_its_end_is_told(content: bytes) -> None:
    opened = open_alone(opener, HEAD + content)
    assert [trait.code for trait in opened.traits] == [UNSEEN]


def test_where_the_sound_of_a_reminder_lies_is_told() -> None:
    sound = "\\\\203.0.113.9\\a\\b.wav\x00".encode("utf-16-le")
    named = struct.pack("<HH", 0x1F, 0x8001) + bytes(16) + struct.pack("<III", 0, 0x851F, 1)
    named += struct.pack("<I", len(sound)) + sound + bytes(-len(sound) % 4)
    opened = open_alone(opener, HEAD + write(0x9003, struct.pack("<I", 1) + named))
    assert [trait.code for trait in opened.traits] == ["office.loads_share"]


def test_its_texts_are_shown_in_the_place_of_the_mail() -> None:
    properties = struct.pack("<I", 1) + write_property(0x102, 0x1013, b'<a href="https://a.example/x">')
    page = write(0x9007, struct.pack("<II", 1251, 0))
    content = HEAD + write(0x9003, properties) + page + write(0x800C, "Привет\0".encode("cp1251"))
    opened = open_alone(opener, content)
    assert [parse_message(entity).root.text for entity in opened.shown] == ['<a href="https://a.example/x">', "Привет"]
    assert opened.links == ()


def test_addresses_in_the_texts_of_one_that_lies_in_a_file_are_handed_on() -> None:
    properties = struct.pack("<I", 1) + write_property(0x102, 0x1013, b'<a href="https://a.example/x">')
    content = HEAD + write(0x9003, properties) + write(0x800C, b"see https://b.example/y")
    desk = Desk({FileKind.TNEF: (opener,), FileKind.ZIP: (unzip,)})
    (opened,) = desk.open("1", "a.zip", pack("zip", {"winmail.dat": content})).files
    assert (links(opened), opened.shown) == (["https://a.example/x", "https://b.example/y"], ())


def test_what_is_attached_to_it_is_a_part_of_the_mail_as_it_is() -> None:
    desk = Desk({FileKind.TNEF: (opener,)})
    inner = HEAD + write(0x800C, b"Hello")
    (opened,) = desk.open("1", "winmail.dat", build_tnef("winmail.dat", inner)).files
    assert len(opened.shown) == 1


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([0x9003, 0x9005, 0x9002, 0x800F]), st.binary(max_size=80))
def test_any_attributes_are_read(number: int, data: bytes) -> None:
    assert len(open_alone(opener, HEAD + write(number, data)).files) <= 1
