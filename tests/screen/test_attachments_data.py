"""Harmless samples of files, read in place: each goes by mail, through the whole judgement without the proof.

What is bad must be flagged (a finding of SUSPECT or worse), and of what is clean at most one in a hundred. Run as a
program it prints the table: `PYTHONPATH=tests python tests/screen/test_attachments_data.py [WORDS OF A LINE]`.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache

import pytest

from corpus_tools import build_tools
from gatepost.decide.policy import decide
from gatepost.flow.open import make_order
from gatepost.message.attachments.opening import open_files
from gatepost.message.parse import parse_message
from gatepost.model.address import Address
from gatepost.model.contents import Contents
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Finding, Severity
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.run import screen
from paths import SHARED, needs_shared

FOLDER = SHARED / "data" / "attachments"
CLEAN, SUSPICIOUS, MALICIOUS = "clean", "suspicious", "malicious-test"
MAX_FLAGGED_CLEAN = 0.01
READER = "nora.lindqvist@mill-street.example"

_HONEST_ZIP = "an archive as honest programs write it, made by hand to show one feature"
_EMPTY_ZIP = "nothing is in it, which is told and harms nobody"
_HONEST_PDF = "a PDF as honest programs may write it; it does nothing"
_PROTECTED = "cells are protected against changes; nothing in it is encrypted"
_SECRET = "the second file in it shows only where somebody decrypts the first with the right key"
MISSED = {  # a sample in which nothing is seen, by its name, and why that is right
    "corkami-aes-gcm-out-dicom-pe1.dcm": _SECRET,
    "corkami-aes-gcm-out-pdf-pe1.pdf": _SECRET,
    "corkami-pdf-anti-copy_dvipdfmx.pdf": _HONEST_PDF,
    "corkami-pdf-text-backslash.pdf": _HONEST_PDF,
    "corkami-pdf-text-invisible.pdf": _HONEST_PDF,
    "corkami-zip-NT.zip": _HONEST_ZIP,
    "corkami-zip-directory.zip": _HONEST_ZIP,
    "corkami-zip-empty.zip": _EMPTY_ZIP,
    "corkami-zip-filecomment.zip": _HONEST_ZIP,
    "corkami-zip-store.zip": _HONEST_ZIP,
    "corkami-zip-unicode2.zip": _HONEST_ZIP,
    "corkami-zip-unix.zip": _HONEST_ZIP,
    "corkami-zip-unixdesc.zip": _HONEST_ZIP,
    "corkami-zip-volumecomment.zip": _HONEST_ZIP,
    "corkami-zip-zip64.zip": _HONEST_ZIP,
    "corkami-zip-zopfli.zip": _HONEST_ZIP,
    "poi-workbookProtection-workbook_password-2013.xlsx": _PROTECTED,
    "poi-workbookProtection_not_protected.xlsx": _PROTECTED,
    "poi-workbookProtection_workbook_windows_protected.xlsx": _PROTECTED,
    "poi-workbookProtection_worksheet_protected.xlsx": _PROTECTED,
}


@dataclass(frozen=True)
class Sample:
    file: str  # a digest, a hyphen, and the name by which it goes
    kind: str
    expected: str

    @property
    def name(self) -> str:
        return self.file.partition("-")[2]


@dataclass(frozen=True)
class Judged:
    sample: Sample
    findings: tuple[Finding, ...]
    contents: Contents
    action: str

    @property
    def is_flagged(self) -> bool:
        return any(finding.severity >= Severity.SUSPECT for finding in self.findings)


@cache
def load_samples() -> tuple[Sample, ...]:
    if not FOLDER.exists():
        return ()
    with (FOLDER / "manifest.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(Sample(row["file"], row["kind"], row["expected"]) for row in csv.DictReader(rows))


def write_mail(name: str, content: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Ann <ann@woodwork.example>"
    mail["To"] = READER
    mail["Subject"] = "The boards for the shelf"
    mail["Date"] = "Tue, 14 Oct 2025 08:00:00 +0200"
    mail["Message-ID"] = "<20251014080000.1@woodwork.example>"
    mail.set_content("Hello Nora,\n\nhere is what we spoke about.\n\nAnn\n")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes().replace(b"\n", b"\r\n")


def judge(name: str, content: bytes) -> tuple[tuple[Finding, ...], Contents, str]:
    message = parse_message(write_mail(name, content))
    kit, policy = build_tools()
    contents = open_files(make_order(message), kit.rule_book.rules)  # here: these files do no harm
    envelope = Envelope(None, (Address.parse(READER),), "", "", protocol="")
    screening = screen(Case(message, envelope, UNPROVEN, frozenset(), contents=contents), kit)
    verdict = decide(screening, envelope, policy)
    return screening.findings, contents, verdict.decisions[0].action.name.lower()


@cache
def judge_samples() -> tuple[Judged, ...]:
    return tuple(
        Judged(sample, *judge(sample.name, (FOLDER / "files" / sample.file).read_bytes())) for sample in load_samples()
    )


def find_missed() -> Iterator[str]:
    for judged in judge_samples():
        if judged.sample.expected != CLEAN and not judged.is_flagged:
            yield judged.sample.name


@needs_shared
def test_the_mail_around_the_files_is_honest() -> None:
    findings, _, _ = judge("notes.txt", b"Bring the long ladder.\n")
    assert [finding.code for finding in findings if finding.severity >= Severity.SUSPECT] == []


@needs_shared
def test_what_is_bad_is_flagged() -> None:
    assert sorted(find_missed()) == sorted(MISSED)  # one that is found now no longer belongs there


@needs_shared
def test_everything_that_would_do_harm_is_flagged() -> None:
    assert [
        judged.sample.file
        for judged in judge_samples()
        if judged.sample.expected == MALICIOUS and not judged.is_flagged
    ] == []


@needs_shared
def test_what_is_clean_is_left_alone() -> None:
    clean = [judged for judged in judge_samples() if judged.sample.expected == CLEAN]
    flagged = [judged.sample.file for judged in clean if judged.is_flagged]
    assert len(flagged) <= MAX_FLAGGED_CLEAN * len(clean), flagged


@needs_shared
@pytest.mark.parametrize("expected", [CLEAN, SUSPICIOUS, MALICIOUS])
def test_there_are_samples_of_each(expected: str) -> None:
    assert sum(sample.expected == expected for sample in load_samples()) > 50


def describe(judged: Judged) -> Iterator[str]:
    sample = judged.sample
    is_wrong = judged.is_flagged is (sample.expected == CLEAN)
    yield f"{'WRONG' if is_wrong else 'right'} {sample.expected} {sample.kind} {sample.file}"
    yield " ".join((f"    {judged.action}", *(f"{one.code}={one.severity.name}" for one in judged.findings)))
    for file in judged.contents.walk():
        traits = " ".join(f"{trait.code}({trait.text[:40]})" for trait in file.traits)
        yield f"        {file.path} {file.kind} {file.opening} {file.size_bytes} {file.name[:60]!r} {traits}"


def main(words: list[str]) -> None:
    """Print the table, and how many of each sort are flagged."""
    for judged in judge_samples():
        lines = list(describe(judged))
        if all(word in lines[0] for word in words):
            sys.stdout.write("\n".join((*lines, "")))
    for expected in (CLEAN, SUSPICIOUS, MALICIOUS):
        flags = [judged.is_flagged for judged in judge_samples() if judged.sample.expected == expected]
        sys.stdout.write(f"{expected}: {sum(flags)} of {len(flags)} flagged\n")


if __name__ == "__main__":
    main(sys.argv[1:])
