"""The small readers under the observer; what it notes of whole documents is in openers/test_pdf.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.pdf.actions import MAX_NAMES, Observer, decode_string, read_names, read_text
from gatepost.model.file_kinds import FileKind


def observe() -> Observer:
    return Observer(File("1", "", b"", FileKind.PDF), Insides(), Desk({}))


@pytest.mark.parametrize(
    "content",
    [
        "密码".encode("utf-16"),
        b"\xfe\xff" + "密码".encode("utf-16-be"),
        b"\xef\xbb\xbf\xe5\xaf\x86\xe7\xa0\x81",
        "密码".encode(),
    ],
)
def test_text_is_decoded_by_its_mark(content: bytes) -> None:
    assert decode_string(content) == "密码"


def test_what_is_no_string_is_no_text() -> None:
    assert [read_text(value) for value in (None, 7, Name("/a"), Array([]), String("a"))] == ["", "", "", "", "a"]


def test_a_tree_of_names_is_bounded_and_may_be_a_circle() -> None:
    leaf = Dictionary(Names=Array([String("a"), Dictionary()] * (MAX_NAMES + 100)))
    assert len(list(read_names(Dictionary(Kids=Array([leaf, leaf]))))) <= 2 * MAX_NAMES
    assert list(read_names(String("no tree"))) == []


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("E-Mail-Passwort", True),
        ("邮箱密码", True),
        ("PIN", True),
        ("PIN Code", False),
        ("cvv2", True),
        ("Passenger", False),
        ("Opinion", False),
        ("Name", False),
    ],
)
def test_a_field_for_a_secret_is_known_by_its_name(name: str, is_secret: bool) -> None:
    observer = observe()
    observer.note_field(Dictionary(T=String(name)))
    assert [trait.text for trait in observer.insides.traits] == ([name] if is_secret else [])


def test_an_action_met_elsewhere_is_not_told_where_it_was_told_before() -> None:
    observer = observe()
    for trigger in ("elsewhere", "open", "elsewhere"):
        observer.tell("pdf.launch", trigger, "a.exe")
    assert [trait.text for trait in observer.insides.traits] == ["elsewhere: a.exe", "open: a.exe"]


def test_an_empty_script_does_nothing() -> None:
    observer = observe()
    observer.note_script(" \n", "open")
    assert observer.insides.traits == []


@given(st.binary(max_size=50))
def test_any_bytes_are_text(content: bytes) -> None:
    decode_string(content)
