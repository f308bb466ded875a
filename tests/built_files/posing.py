"""Files that pose as something else, or are several things at once."""

import gzip

from built_files.pages import build_pdf, carry
from built_files.plain import build_zip
from disk_builders import build_ntfs, build_vhd
from file_samples import GIF, PE

PAGE = b"<!DOCTYPE html><html><body><p>Opening hours: nine to five.</p></body></html>\n"
LINK = b"\x4c\x00\x00\x00\x01\x14\x02\x00" + bytes(80)
SCRIPT = b"#!/bin/sh\necho hello\n"
TABLE = b"<html><body><table><tr><td>Boards</td><td>12</td></tr></table></body></html>\n"


def add_archive(front: bytes, *names: str) -> bytes:
    """Put an archive behind something else: programs for archives look for it from the end."""
    return front + build_zip(dict.fromkeys(names, b"content\n"))


def build_papers(name: str, content: bytes) -> bytes:
    """Give an archive of many texts, and of one file more."""
    return build_zip({**{f"page-{number:02}.txt": b"Boards.\n" for number in range(12)}, name: content})


def nest(depth: int) -> bytes:
    content = build_zip({"notes.txt": b"Bring the long ladder.\n"})
    for _ in range(depth):
        content = build_zip({"more.zip": content})
    return content


FILES = {
    "pdf-and-zip": lambda: add_archive(build_pdf(), "more.txt"),
    "gif-and-jar": lambda: add_archive(GIF, "META-INF/MANIFEST.MF", "Main.class"),
    "page-and-zip": lambda: add_archive(PAGE, "more.txt"),
    "gif": lambda: GIF,
    "page": lambda: PAGE,
    "shell-script": lambda: SCRIPT,
    "table-as-page": lambda: TABLE,
    "sound-pdf": build_pdf,
    "cut-pdf": lambda: build_pdf()[:300].replace(b"obj", b"jbo"),
    "stuffed": lambda: b"StuffIt (c)1997-2002 Aladdin Systems, Inc." + bytes(200),
    "alz": lambda: b"ALZ\x01\x0a\x00\x00\x00BLZ\x01" + bytes(200),
    "squeezed": lambda: gzip.compress(b"Bring the long ladder.\n", mtime=0),
    "android": lambda: build_zip({"AndroidManifest.xml": b"\x03\x00", "classes.dex": b"dex\n035\x00"}),
    "web-place": lambda: b"[InternetShortcut]\r\nURL=https://files.example/list\r\n",
    "profile": lambda: b"<?xml version='1.0'?><plist version='1.0'><dict></dict></plist>\n",
    "pdf-with-program": lambda: build_pdf(carry("summary.pdf", PE)),
    "pdf-with-lure": lambda: build_pdf(carry("read me first.lnk", LINK)),
    "papers-with-program.zip": lambda: build_papers("summary.pdf", PE),
    "papers-with-lure.zip": lambda: build_papers("read me first.lnk", LINK),
    "pdf-with-disk": lambda: build_pdf(carry("more.img", bytes(32_769) + b"CD001" + bytes(4_096))),
    "twelve-deep.zip": lambda: nest(12),
    "linux-disk": lambda: bytes(1_080) + b"\x53\xef\x01\x00" + bytes(2_000),
    "disk-with-lure": lambda: build_vhd(build_ntfs({"scan.pdf.lnk": LINK})),
    "contact": lambda: b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nEND:VCARD\r\n",
}
