"""Mails of a hundred megabytes, and files made to exhaust what opens them: a whole gate, and the memory it takes."""

import base64
import binascii
import os
import smtplib
import socket
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import pytest

from gate_process import GateProcess, running_gate
from gatepost.net.sandbox.sandbox import DESKS
from gatepost.net.sandbox.settings import OpenSettings
from sandboxes import find_children, find_nurseries, wait_until
from zip_bombs import BOMBS as ZIP_BOMBS

MEGABYTE = 1024 * 1024
SIZE = 100 * MEGABYTE
MOST_OF_A_WORKER = 300 * MEGABYTE
SETTINGS = f"""
[smtp]
max_size_bytes = {160 * MEGABYTE}
memory_bytes = {512 * MEGABYTE}
[open]
max_file_mb = 128
"""
LINE = b"the numbers of this week are in the table, and those of the next will come on Thursday\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
AS_MESSAGE = (b"Type: application/octet-stream", b"Type: message/rfc822")
PAGE_LINE = b"<p>The numbers are <a href='https://mill-street.example/numbers'>here</a>.</p>\r\n"
HEAD = b"From: a@example.com\r\nTo: b@example.org\r\nSubject: Numbers\r\nMIME-Version: 1.0\r\n"


@pytest.fixture(scope="module")
def gate() -> Iterator[GateProcess]:
    with TemporaryDirectory() as name:  # pytest would keep what the gate has kept, which is a gigabyte
        folder = Path(name)
        config = folder / "gatepost.toml"
        config.write_text(SETTINGS)
        maildir = str(folder / "Maildir")
        with running_gate(folder, "--config", str(config), "--workers", "1", "--maildir", maildir) as one:
            wait_until(lambda: len(find_sandbox(one)) == OpenSettings().children)
            yield one


def find_worker(gate: GateProcess) -> int:
    return next(pid for pid in gate.children() if find_nurseries(pid, DESKS))


def find_sandbox(gate: GateProcess) -> list[int]:
    nurseries = [nursery for worker in gate.children() for nursery in find_nurseries(worker, DESKS)]
    return [child for nursery in nurseries for child in find_children(nursery)]


def read_peak_bytes(pid: int) -> int:
    """Give the most memory that a process has had (proc(5), VmHWM)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


@contextmanager
def watch_children(gate: GateProcess) -> Iterator[dict[int, int]]:
    """Give the peak of each child of the sandbox, also of one that ends meanwhile."""
    peaks: dict[int, int] = {}
    is_over = Event()

    def watch() -> None:
        while not is_over.wait(0.05):
            peaks.update({pid: max(peaks.get(pid, 0), read_peak_bytes(pid)) for pid in find_sandbox(gate)})

    thread = Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        is_over.set()
        thread.join()


def attach(content: bytes, name: str) -> bytes:
    """Give a mail with one file in base64."""
    text = base64.encodebytes(content).replace(b"\n", b"\r\n")
    kind = b'Content-Type: application/octet-stream; name="%s"\r\n' % name.encode()
    return HEAD + kind + b"Content-Transfer-Encoding: base64\r\n\r\n" + text


def attach_with_junk(content: bytes) -> bytes:
    """Give a mail with one file in base64, with a sign at the end of each line that is none of base64."""
    return attach(content, "a.bin").replace(b"==\r\n", b"\r\n").replace(b"\r\n", b"!\r\n").replace(b"!\r\n", b"\r\n", 7)


def attach_in_uuencode(content: bytes) -> bytes:
    lines = (binascii.b2a_uu(content[start : start + 45]) for start in range(0, len(content), 45))
    text = b"".join((b"begin 644 a.bin\n", *lines, b"`\nend\n")).replace(b"\n", b"\r\n")
    kind = b'Content-Type: application/octet-stream; name="a.bin"\r\n'
    return HEAD + kind + b"Content-Transfer-Encoding: x-uuencode\r\n\r\n" + text


def write_quoted(content: bytes, kind: bytes) -> bytes:
    """Give a mail in quoted-printable, which hardly any program takes for so much."""
    pieces = (content[start : start + MEGABYTE] for start in range(0, len(content), MEGABYTE))
    text = b"=\n".join(binascii.b2a_qp(piece, istext=b"text/" in kind).replace(b"\r\n", b"\n") for piece in pieces)
    head = HEAD + kind + b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head + text.replace(b"\n", b"\r\n") + b"\r\n"


def write_long(line: bytes) -> bytes:
    return line * (SIZE // len(line))


def send(gate: GateProcess, mail: bytes) -> bytes:
    """Give the answer; smtplib would look at each byte of it."""
    with smtplib.SMTP("127.0.0.1", gate.port, "client.example", timeout=60) as client:
        client.ehlo()
        client.mail("a@example.com")
        client.rcpt("b@example.org")
        assert client.docmd("DATA")[0] == 354
        assert isinstance(client.sock, socket.socket)
        client.sock.sendall(mail + b".\r\n")
        code, text = client.getreply()
        return b"%d %s" % (code, text)


LARGE: dict[str, Callable[[], bytes]] = {
    "random file": lambda: attach(os.urandom(SIZE), "a.bin"),
    "base64 with junk": lambda: attach_with_junk(os.urandom(SIZE)),
    "uuencode": lambda: attach_in_uuencode(os.urandom(SIZE)),
    "quoted text": lambda: write_quoted(write_long(LINE), b"Content-Type: text/plain"),
    "quoted file": lambda: write_quoted(os.urandom(SIZE // 2), b'Content-Type: application/x-any; name="a.bin"'),
    "quoted notes": lambda: write_quoted(write_long(LINE), b'Content-Type: text/plain; name="a.txt"'),
    "forwarded mail": lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" + attach(os.urandom(SIZE), "a.bin"),
    "encoded mail": lambda: attach(attach(os.urandom(SIZE * 3 // 4), "a.bin"), "a.eml").replace(*AS_MESSAGE, 1),
    "header": lambda: HEAD + b"X-Any: field\r\n" * (SIZE // 14) + b"\r\nHello\r\n",
    "preamble": lambda: HEAD + MIXED + write_long(LINE) + b"\r\n--b\r\n\r\nHello\r\n--b--\r\n",
    "footer": lambda: HEAD + MIXED + b"\r\n--b\r\n\r\nHello\r\n--b--\r\n" + write_long(LINE),
    "text": lambda: HEAD + b"Content-Type: text/plain\r\n\r\n" + write_long(LINE),
    "page": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + write_long(PAGE_LINE),
    "attached page": lambda: HEAD + b'Content-Type: text/html; name="a.html"\r\n\r\n' + write_long(PAGE_LINE),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_mail_of_a_hundred_megabytes_costs_a_worker_its_bytes_once(gate: GateProcess, name: str) -> None:
    mail, started_s = LARGE[name](), time.monotonic()
    with watch_children(gate) as peaks:
        answer = send(gate, mail)
    assert answer.startswith(b"250 ")
    assert time.monotonic() - started_s < OpenSettings().deadline_s
    assert len(mail) < read_peak_bytes(find_worker(gate)) < MOST_OF_A_WORKER
    assert max(peaks.values()) < OpenSettings().memory_mb * MEGABYTE


def pack_tightly(files: Mapping[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def build_nested() -> bytes:
    """Give an archive of ten thousand files of 50 MB."""
    content = pack_tightly({"zeros.bin": bytes(50 * MEGABYTE)})
    for _ in range(4):
        content = pack_tightly({f"{number}.zip": content for number in range(10)})
    return content


def build_pdf_bomb() -> bytes:
    content = bytes(100 * MEGABYTE)
    for _ in range(3):
        content = zlib.compress(content, 9)
    head = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj\n"
    )
    stream = b"4 0 obj<</Filter[/FlateDecode/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(content)
    return head + stream + content + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def build_xml_bomb() -> bytes:
    entities = b"".join(b"<!ENTITY a%d '%s'>" % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12))
    return pack_tightly(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/document.xml": b"<!DOCTYPE d [<!ENTITY a0 'x'>" + entities + b"]><d>&a11;</d>",
            "word/more.xml": b"<a>" + b" " * (150 * MEGABYTE) + b"</a>",
        }
    )


BOMBS: dict[str, Callable[[], bytes]] = {
    "nested.zip": build_nested,
    "bomb.pdf": build_pdf_bomb,
    "bomb.docx": build_xml_bomb,
    **{f"{name}.zip": build for name, build in ZIP_BOMBS.items()},
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_neither_a_worker_nor_a_child_much(gate: GateProcess, name: str) -> None:
    mail, before_bytes, started_s = attach(BOMBS[name](), name), read_peak_bytes(find_worker(gate)), time.monotonic()
    with watch_children(gate) as peaks:
        answer = send(gate, mail)
    assert answer.startswith(b"250 ")
    assert time.monotonic() - started_s < OpenSettings().deadline_s
    assert read_peak_bytes(find_worker(gate)) < max(before_bytes, MOST_OF_A_WORKER)
    assert max(peaks.values(), default=0) < OpenSettings().memory_mb * MEGABYTE


def test_ten_thousand_files_in_one_mail_are_held_and_cost_little(gate: GateProcess) -> None:
    part = b"--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n"
    mail = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 10_000 + b"--b--\r\n"
    started_s = time.monotonic()
    assert send(gate, mail).startswith(b"250 ")
    assert time.monotonic() - started_s < OpenSettings().deadline_s
    assert read_peak_bytes(find_worker(gate)) < MOST_OF_A_WORKER
