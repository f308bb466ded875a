"""What we say a file is, held against libmagic, which Debian's `file` asks."""

import subprocess
from pathlib import Path

import pytest

from gatepost.message.attachments.kinds import detect_kind
from gatepost.model.file_kinds import FileKind
from interop.peers import require_files
from paths import SHARED, needs_shared

pytestmark = [pytest.mark.interop, needs_shared]

FILE = "/usr/bin/file"
FOLDERS = (SHARED / "data" / "attachments" / "files", SHARED / "suites" / "office-attachments-oletools")
KINDS = {
    "application/CDFV2": {FileKind.OLE, FileKind.OUTLOOK_MESSAGE, FileKind.WINDOWS_INSTALLER},
    "application/encrypted": {FileKind.OLE},
    "application/epub+zip": {FileKind.EPUB},
    "application/gzip": {FileKind.GZIP},
    "application/msword": {FileKind.OLE},
    "application/pdf": {FileKind.PDF},
    "application/postscript": {FileKind.POSTSCRIPT},
    "application/vnd.microsoft.portable-executable": {FileKind.PE},
    "application/vnd.ms-cab-compressed": {FileKind.CAB},
    "application/vnd.ms-excel": {FileKind.OLE},
    "application/vnd.ms-htmlhelp": {FileKind.HELP},
    "application/vnd.ms-outlook": {FileKind.OUTLOOK_MESSAGE},
    "application/vnd.ms-powerpoint": {FileKind.OLE},
    "application/vnd.ms-tnef": {FileKind.TNEF},
    "application/vnd.oasis.opendocument.presentation": {FileKind.OPEN_DOCUMENT},
    "application/vnd.oasis.opendocument.spreadsheet": {FileKind.OPEN_DOCUMENT},
    "application/vnd.oasis.opendocument.text": {FileKind.OPEN_DOCUMENT},
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": {FileKind.OOXML},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {FileKind.OOXML},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {FileKind.OOXML},
    "application/x-7z-compressed": {FileKind.SEVEN_ZIP},
    "application/x-archive": {FileKind.AR},
    "application/x-arj": {FileKind.ARJ},
    "application/x-bzip2": {FileKind.BZIP2},
    "application/x-cpio": {FileKind.CPIO},
    "application/x-executable": {FileKind.ELF},
    "application/x-java-applet": {FileKind.JAVA_CLASS},
    "application/x-ms-compress-szdd": {FileKind.MS_COMPRESS},
    "application/x-mswinurl": {FileKind.INTERNET_SHORTCUT},
    "application/x-object": {FileKind.ELF},
    "application/x-rar": {FileKind.RAR},
    "application/x-sylk": {FileKind.SPREADSHEET_LINK},
    "application/x-tar": {FileKind.TAR},
    "application/zip": {FileKind.ZIP, FileKind.OOXML, FileKind.JAR},
    "audio/x-wav": {FileKind.AUDIO},
    "image/gif": {FileKind.GIF},
    "image/jpeg": {FileKind.JPEG},
    "image/png": {FileKind.PNG},
    "image/svg+xml": {FileKind.SVG},
    "image/webp": {FileKind.WEBP},
    "inode/x-empty": {FileKind.EMPTY},
    "text/html": {FileKind.HTML, FileKind.SCRIPT},
    "text/rtf": {FileKind.RTF},
}
WITHOUT_MEANING = ("application/octet-stream", "text/")  # libmagic does not know, or only knows that it is text


def ask_libmagic(paths: list[Path]) -> list[str]:
    command = [FILE, "--brief", "--mime-type", "--", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_libmagic_and_we_agree() -> None:
    require_files(FILE)
    paths = sorted(path for folder in FOLDERS for path in folder.rglob("*") if path.is_file())
    differences, compared = [], 0
    for path, told in zip(paths, ask_libmagic(paths), strict=True):
        kind = detect_kind(path.read_bytes(), path.name)
        if (expected := KINDS.get(told)) is None:
            if not told.startswith(WITHOUT_MEANING) and told not in ("application/dicom", "message/rfc822"):
                differences.append(f"{path.name}: {told} is not in the table")
            continue
        compared += 1
        if kind not in expected:
            differences.append(f"{path.name}: {told}, {kind}")
    assert differences == []
    assert compared > 300
