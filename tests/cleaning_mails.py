"""Mails with bad files in them, and what a screening says of these, for the tests of cleaning."""

import base64
import hashlib
from collections.abc import Iterable

from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents, OpenedFile
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.model.verdict import PartSummary, Screening

BAD, OTHER = b"PK\x03\x04 the bad file", b"%PDF- an honest file"


def write_part(name: str, content: bytes) -> str:
    encoded = base64.b64encode(content).decode()
    disposition = f'Content-Disposition: attachment; filename="{name}"'
    head = f"Content-Type: application/octet-stream\r\n{disposition}\r\nContent-Transfer-Encoding: base64"
    return f"{head}\r\n\r\n{encoded}\r\n"


def write_mail(*files: tuple[str, bytes], subject: str = "Minutes") -> bytes:
    parts = ["Content-Type: text/plain\r\n\r\nHello, the minutes.\r\n", *(write_part(*file) for file in files)]
    head = (
        "From: Anna <anna@example.com>\r\nTo: you@example.org\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\n"
        f"Message-ID: <1@example.com>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    )
    return (head + "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n").encode()


TWO_FILES = write_mail(("plan.docm", BAD), ("notes.pdf", OTHER))


def find(*files: str, severity: Severity = Severity.DANGER, code: str = "office_macro.runs") -> Finding:
    evidence = tuple(Evidence("AutoOpen", None, file) for file in files)
    return Finding(code, severity, "The document runs a program.", "该文档会运行程序。", evidence)


def screen(raw: bytes, *findings: Finding) -> Screening:
    """Give what a judgement records of a mail with these findings."""
    parts = [part for part in parse_message(raw).walk() if not part.children and part.message is None]
    files = (
        OpenedFile(
            part.path, part.filename, FileKind.ZIP, len(part.content), sha256=hashlib.sha256(part.content).hexdigest()
        )
        for part in parts
        if part.is_attachment
    )
    return Screening(findings, parts=tuple(summarise(raw)), contents=Contents(tuple(files)))


def summarise(raw: bytes) -> Iterable[PartSummary]:
    for part in parse_message(raw).walk():
        yield PartSummary(part.path, part.content_type, part.filename, len(part.content))
