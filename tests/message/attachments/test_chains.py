"""Whatever a file is packed into, and however often, it is found: chains of containers of many kinds, at random."""

import binascii
import bz2
import gzip
import io
import lzma
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from functools import partial

import pikepdf
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import (
    pack,
    write_arj,
    write_cab,
    write_lha,
    write_locked_7z,
    write_rar4,
    write_rar5,
    write_udf,
)
from built_files.office import (
    build_onenote,
    build_outlook_message,
    build_parts,
    build_rtf,
    build_tnef,
    write_old_object,
    write_package,
)
from built_files.pages import smuggle
from gatepost.message.attachments.desk import UNSEEN, Limits
from gatepost.message.attachments.opening import open_files
from gatepost.model.ports import FileToOpen, OpenOrder
from zip_builder import Piece, write_zip

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
PASSWORD = "Zu7-tt"
MAX_DEPTH = 6

Wrap = Callable[[str, bytes], bytes]


def archive(kind: str, filter_name: str | None = None, options: str = "", password: str = "") -> Wrap:
    return lambda name, content: pack(
        kind, {name: content}, filter_name=filter_name, options=options, password=password
    )


def files(write: Callable[[Mapping[str, bytes]], bytes]) -> Wrap:
    return lambda name, content: write({name: content})


def alone(compress: Callable[[bytes], bytes]) -> Wrap:
    return lambda _, content: compress(content)


def put_into_zip(name: str, content: bytes, method: int) -> bytes:
    return write_zip([Piece(b"note.txt", b"Bring the long ladder."), Piece(name.encode(), content, method)])


def put_into_pdf(name: str, content: bytes) -> bytes:
    document, written = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.attachments[name] = pikepdf.AttachedFileSpec(document, content)
    document.save(written)
    return written.getvalue()


def put_into_mail(name: str, content: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@woodwork.example", "Boards"
    mail.set_content("Hello")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def put_into_text(name: str, content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return b"".join((f"begin 644 {name}\n".encode(), *lines, b"`\nend\n"))


WRAPS: Mapping[str, Wrap] = {
    "stored.zip": partial(put_into_zip, method=0),
    "deflated.zip": partial(put_into_zip, method=8),
    "old-lock.zip": archive("zip", options="encryption=zipcrypt", password=PASSWORD),
    "aes.zip": archive("zip", options="encryption=aes256", password=PASSWORD),
    "plain.7z": archive("7zip"),
    "ppmd.7z": archive("7zip", options="compression=ppmd"),
    "locked.7z": lambda name, content: write_locked_7z({name: content}, PASSWORD),
    "a.tar": archive("ustar"),
    "a.tar.xz": archive("pax", "xz"),
    "a.tar.zst": archive("gnutar", "zstd"),
    "a.tar.lz4": archive("gnutar", "lz4"),
    "a.gz": alone(gzip.compress),
    "a.bz2": alone(bz2.compress),
    "a.xz": alone(lzma.compress),
    "a.iso": archive("iso9660"),
    "a.cpio": archive("cpio_newc"),
    "a.a": archive("ar_bsd"),
    "a.xar": archive("xar"),
    "a.cab": files(write_cab),
    "a.lzh": files(write_lha),
    "a.arj": files(write_arj),
    "udf.img": files(write_udf),
    "old.rar": files(write_rar4),
    "a.rar": files(write_rar5),
    "a.eml": put_into_mail,
    "a.html": lambda name, content: smuggle(content, name),
    "a.pdf": put_into_pdf,
    "a.docx": lambda name, content: build_parts({f"word/embeddings/{name}": content}),
    "winmail.dat": build_tnef,
    "a.msg": build_outlook_message,
    "a.one": lambda name, content: build_onenote((name, content)),
    "a.rtf": lambda name, content: build_rtf(write_old_object("Package", write_package(name, content))),
    "a.uue": put_into_text,
}
OF_SMALL_FILES = frozenset({"a.cab"})  # their builder writes one block
MAX_SMALL_BYTES = 32_000


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(sorted(WRAPS)), min_size=1, max_size=MAX_DEPTH))
def test_the_test_virus_is_found_in_any_chain_or_told_to_lie_too_deep(chain: list[str]) -> None:
    name, content = "invoice.com", EICAR
    for wrap in chain:
        if wrap in OF_SMALL_FILES and len(content) > MAX_SMALL_BYTES:
            continue
        name, content = wrap, WRAPS[wrap](name, content)
    opened = open_files(OpenOrder((FileToOpen("2", name, content, ""),), (PASSWORD,)))
    codes = {trait.code for file in opened.walk() for trait in file.traits}
    levels = sum(2 if name.startswith("a.tar.") else 1 for name in chain)
    assert "signature.eicar" in codes or (levels > Limits().depth and UNSEEN in codes), chain
