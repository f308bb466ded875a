"""Outlook's own mails."""

import pytest

from built_files.compound_files import Tree, build_compound
from built_files.office import build_outlook_message
from gatepost.message.attachments.openers import outlook_message as opener
from gatepost.message.parse import parse_message
from message.attachments.office.test_bodies import pack_rtf
from opened_files import links, open_alone


def test_attachments_are_opened_and_addresses_handed_on() -> None:
    content = build_outlook_message("offer.txt", b"text", "see https://a.example/x")
    opened = open_alone(opener, content)
    assert [(file.name, file.content) for file in opened.files] == [("offer.txt", b"text")]
    assert links(opened) == ["https://a.example/x"]


def test_its_texts_are_shown_as_those_of_a_mail_that_is_attached() -> None:
    nested = {"__substg1.0_1000001F": "in https://b.example/".encode("utf-16-le")}
    tree: Tree = {
        "__properties_version1.0": bytes(32),
        "__substg1.0_1000001F": "Hello".encode("utf-16-le"),
        "__substg1.0_10130102": b"<p>Bo",
        "__substg1.0_10090102": pack_rtf(rb"{\rtf1 Ann}"),
        "__attach_version1.0_#00000000": {"__substg1.0_3701000D": nested},
    }
    opened = open_alone(opener, build_compound(tree))
    messages = [parse_message(entity) for entity in opened.shown]
    assert {message.root.content_type for message in messages} == {"message/rfc822"}
    assert sorted(message.text.strip() for message in messages) == ["Ann", "Bo", "Hello"]
    assert links(opened) == ["https://b.example/"]


def test_attachments_of_a_mail_in_the_mail_are_opened() -> None:
    inner = {"__attach_version1.0_#00000000": {"__substg1.0_3704001E": b"in.txt\x00", "__substg1.0_37010102": b"in"}}
    tree: Tree = {
        "__properties_version1.0": bytes(32),
        "__attach_version1.0_#00000000": {"__substg1.0_3701000D": inner, "__substg1.0_3001001F": b"m\x00"},
    }
    assert [(file.name, file.content) for file in open_alone(opener, build_compound(tree)).files] == [("in.txt", b"in")]


@pytest.mark.parametrize(
    ("sound", "codes"), [("\\\\203.0.113.9\\a\\b.wav", {"office.loads_share"}), ("reminder.wav", set())]
)
def test_where_the_sound_of_a_reminder_lies_is_told(sound: str, codes: set[str]) -> None:
    tree: Tree = {"__properties_version1.0": bytes(32), "__substg1.0_801F001F": sound.encode("utf-16-le")}
    assert {trait.code for trait in open_alone(opener, build_compound(tree)).traits} == codes


def test_a_file_without_a_name_is_opened_all_the_same() -> None:
    tree: Tree = {"__properties_version1.0": b"", "__attach_version1.0_#00000000": {"__substg1.0_37010102": b"x"}}
    assert [file.name for file in open_alone(opener, build_compound(tree)).files] == [""]
