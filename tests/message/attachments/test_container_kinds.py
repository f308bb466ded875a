"""What archives and compound files are for."""

import io
import zipfile

import pytest

from file_samples import build_ole, build_zip
from gatepost.message.attachments.container_kinds import (
    detect_ole_kind,
    detect_zip_kind,
    find_zip_end,
    read_zip_directory,
)
from gatepost.model.file_kinds import FileKind


def build_zip_around(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("report.docx", content)
    return packed.getvalue()


MESSAGE = bytes.fromhex("0b0d020000000000c000000000000046")
PACKAGE = bytes.fromhex("84100c0000000000c000000000000046")


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["a.txt"], FileKind.ZIP),
        (["[Content_Types].xml", "_rels/.rels", "word/document.xml"], FileKind.OOXML),
        (["word/document.xml", "_rels/.rels", "[Content_Types].xml"], FileKind.OOXML),
        (["[content_types].XML", "_RELS/.rels", "odd.xml"], FileKind.OOXML),
        (["[Content_Types].xml"], FileKind.ZIP),
        (["META-INF/manifest.xml", "content.xml"], FileKind.OPEN_DOCUMENT),
        (["META-INF/container.xml", "book.opf"], FileKind.EPUB),
        (["META-INF/MANIFEST.MF", "Main.class"], FileKind.JAR),
        (["META-INF/MANIFEST.MF", "a.txt"], FileKind.ZIP),
        (["META-INF/MANIFEST.MF", "A.class", "_rels/.rels", "[Content_Types].xml"], FileKind.OOXML),
        (["AndroidManifest.xml", "classes.dex"], FileKind.APK),
        (["AppxManifest.xml", "[Content_Types].xml", "_rels/.rels"], FileKind.APP_PACKAGE),
        (["Payload/Some.app/Info.plist"], FileKind.APP_PACKAGE),
    ],
)
def test_an_archive_is_known_by_the_names_in_it(names: list[str], kind: FileKind) -> None:
    assert detect_zip_kind(build_zip(*names)) is kind


@pytest.mark.parametrize(
    "names",
    [
        ("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
        ("mimetype", "META-INF/manifest.xml", "content.xml"),
        ("META-INF/MANIFEST.MF", "Main.class"),
    ],
)
def test_an_archive_of_documents_is_no_document(names: tuple[str, ...]) -> None:
    assert detect_zip_kind(build_zip_around(build_zip(*names))) is FileKind.ZIP


def test_an_archive_without_its_directory_is_known_by_its_beginning() -> None:
    whole = build_zip("[Content_Types].xml", "_rels/.rels", "word/document.xml")
    assert detect_zip_kind(whole[: whole.index(b"PK\x01\x02")]) is FileKind.OOXML


def test_a_name_deep_in_the_directory_is_seen() -> None:
    many = [f"folder/file-{number}.txt" for number in range(300)]
    assert detect_zip_kind(build_zip(*many, "classes.dex", "AndroidManifest.xml")) is FileKind.APK


def test_a_directory_is_found_behind_other_bytes_and_before_a_comment() -> None:
    content = b"other bytes" * 100 + build_zip("a.txt", comment=b"a comment")
    end = find_zip_end(content)
    assert read_zip_directory(content, end).startswith(b"PK\x01\x02")
    assert find_zip_end(b"no archive") == -1
    assert read_zip_directory(b"PK\x05\x06" + b"\xff" * 18, 0) == b""


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (build_ole(), FileKind.OLE),
        (build_ole(PACKAGE), FileKind.WINDOWS_INSTALLER),
        (build_ole(MESSAGE), FileKind.OUTLOOK_MESSAGE),
        (build_ole(names=("a", "b", "c", "d", "__properties_version1.0")), FileKind.OUTLOOK_MESSAGE),
        (build_ole(names=("WordDocument",)), FileKind.OLE),
        (build_ole()[:600], FileKind.OLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, FileKind.OLE),
    ],
)
def test_a_compound_file_is_known_by_its_root_and_its_names(content: bytes, kind: FileKind) -> None:
    assert detect_ole_kind(content) is kind


def test_a_directory_that_runs_in_a_circle_ends() -> None:
    content = bytearray(build_ole())
    content[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")
    assert detect_ole_kind(bytes(content)) is FileKind.OLE
