"""Packages and old objects."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built_files.office import write_native, write_old_object, write_package
from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.native import Package, note_package, read_native, read_old_object, read_package


def test_a_package_is_its_name_and_its_file() -> None:
    assert read_native(write_native("a.txt", b"text")) == Package("a.txt", "C:\\files\\a.txt", b"text")


def test_what_another_program_stores_is_a_file_without_name() -> None:
    assert read_native(b"\x04\x00\x00\x00text and more") == Package("", "", b"text")
    assert read_native(b"") is None


def test_a_length_that_lies_gives_what_is_there() -> None:
    package = read_package(write_package("a.txt", b"longer")[:-2])
    assert package is not None
    assert package.content == b"long"


def test_an_old_object_is_embedded_or_linked() -> None:
    embedded = read_old_object(write_old_object("Package", b"data"))
    linked = read_old_object(write_old_object("Word.Document.8", b"", "https://a.example/x.doc"))
    assert embedded is not None
    assert linked is not None
    assert (embedded.class_name, embedded.content, embedded.is_linked) == ("Package", b"data", False)
    assert (linked.topic, linked.is_linked) == ("https://a.example/x.doc", True)


def test_what_is_no_object_is_none() -> None:
    assert read_old_object(b"\x01\x05\x00\x00\x09\x00\x00\x00") is None
    assert read_old_object(b"") is None


@pytest.mark.parametrize(
    ("package", "codes"),
    [
        (Package("C:\\x\\a.txt", "", b"text"), ["office.package"]),
        (Package("calc", "C:\\Windows\\System32\\calc.exe", b"", is_link=True), ["office.package_link"]),
        (Package("a.txt", "C:\\a.txt", b"", is_link=True), ["office.package"]),
        (Package("", "", b"x"), []),
        (None, []),
    ],
)
def test_packages_are_told_and_their_files_handed_on(package: Package | None, codes: list[str]) -> None:
    insides, files = Insides(), dict[str, bytes]()
    note_package(package, insides, files.__setitem__)
    assert [trait.code for trait in insides.traits] == codes
    assert list(files.values()) == ([package.content] if package and package.content else [])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_an_object_or_none(data: bytes) -> None:
    for found in (read_package(b"\x02\x00" + data), read_old_object(b"1234\x02\x00\x00\x00" + data)):
        assert found is None or len(found.content) <= len(data)
