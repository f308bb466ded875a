"""Debian's clamd, asked as the gate asks it."""

import io
import smtplib
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import libarchive
import pytest

from doubles import FakeResolver
from gate_process import GateProcess, running_gate
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.verdict import Action
from gatepost.net.clamd import MEGABYTE, Clamd
from gatepost.net.dialer import SystemDialer
from gatepost.net.settings import AntivirusSettings, TlsSettings
from gatepost.net.tls_contexts import build_client_contexts
from gatepost.scanner import Scanner
from interop.clamd import EICAR, MALWARE, PUA, STREAM_MAX_MB, ClamdServer, start_clamd
from screen_cases import write_attachment

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def server() -> Iterator[ClamdServer]:
    with start_clamd() as running:
        yield running


def build(server: ClamdServer) -> Clamd:
    dialer = SystemDialer(FakeResolver(), build_client_contexts(TlsSettings()))
    return Clamd(AntivirusSettings(clamd=server.address), dialer)


async def test_clamd_finds_the_test_virus_in_a_mail(server: ClamdServer) -> None:
    for raw in (EICAR, write_attachment("a.com", EICAR)):
        answer = await build(server).scan(raw)
        assert answer.outcome is Scanned.FOUND
        assert answer.signature.startswith("Test.Eicar")


async def test_clamd_finds_nothing_in_an_ordinary_mail_or_in_none(server: ClamdServer) -> None:
    for raw in (write_attachment("a.txt", b"hello"), b"", b"m" * MEGABYTE):
        assert await build(server).scan(raw) == AntivirusAnswer(Scanned.CLEAN)


async def test_unwanted_programs_are_told_by_their_name(server: ClamdServer) -> None:
    assert (await build(server).scan(PUA)).signature == "PUA.Test.Thing.UNOFFICIAL"


@pytest.mark.parametrize("size_bytes", [STREAM_MAX_MB * MEGABYTE + 1, 20 * MEGABYTE])
async def test_what_clamd_does_not_take_is_told_as_too_large(size_bytes: int, server: ClamdServer) -> None:
    for _ in range(3):
        assert (await build(server).scan(b"m" * size_bytes)).outcome is Scanned.TOO_LARGE


async def test_clamd_tells_its_version(server: ClamdServer) -> None:
    version = await build(server).ask_version()
    assert version is not None
    assert version.program[0].isdigit()
    assert version.database_at is None  # these are not ClamAV's own signatures


async def test_a_clamd_that_comes_back_is_asked_again(server: ClamdServer) -> None:
    antivirus = build(server)
    server.stop()
    assert (await antivirus.scan(EICAR)).outcome is Scanned.UNANSWERED
    server.start()
    assert (await antivirus.scan(EICAR)).outcome is Scanned.FOUND


def test_a_scanner_asks_the_antivirus_of_its_settings_unless_it_is_offline(server: ClamdServer, tmp_path: Path) -> None:
    config = tmp_path / "gatepost.toml"
    config.write_text(f'[antivirus]\nclamd = "{server.address}"\n[origin]\nenabled = false\n')
    raw = write_attachment("a.txt", MALWARE)
    assert Scanner(config=config).scan(raw).rule == "severities.malware"
    assert Scanner(config=config, offline=True).scan(raw).action is Action.DELIVER


def send(gate: GateProcess, content: bytes) -> int:
    """Send a mail; give the reply's code."""
    with smtplib.SMTP("127.0.0.1", gate.port, "client.example", timeout=20) as client:
        client.ehlo()
        client.mail("ann@woodwork.example")
        client.rcpt("bo@example.org")
        return client.data(write_attachment("a.txt", content).replace(b"\n", b"\r\n"))[0]


def test_a_gate_refuses_what_clamd_finds_and_puts_mail_off_while_clamd_is_away(tmp_path: Path) -> None:
    config = tmp_path / "gatepost.toml"
    with start_clamd() as server:
        config.write_text(
            f'[antivirus]\nclamd = "{server.address}"\n[origin]\nenabled = false\n[decide]\nquarantine_at = 1.0\n'
        )
        maildir = str(tmp_path / "Maildir")
        with running_gate(tmp_path, "--config", str(config), "--maildir", maildir, "--workers", "1") as gate:
            assert send(gate, b"hello") == 250
            assert send(gate, MALWARE) == 550
            server.stop()
            assert [send(gate, b"hello") for _ in range(2)] == [451, 451]
            server.start()
            assert send(gate, b"hello") == 250
            assert len(gate.wait_for_mails(2)) == 2
            numbers = gate.read_page("/metrics")
        assert "gatepost_antivirus_found_total 2.0" in numbers  # the mail, and the file in it
        assert "gatepost_antivirus_failures_total 2.0" in numbers
        assert gate.log.count('"antivirus_silent"') == gate.log.count('"antivirus_back"') == 1
        assert gate.log.count('"antivirus_ready"') == 1


def test_what_clamd_finds_in_one_file_is_taken_out_and_what_it_finds_nowhere_else_holds_the_mail(
    server: ClamdServer, tmp_path: Path
) -> None:
    config = tmp_path / "gatepost.toml"
    decide = '[decide]\nflag_at = 1.0\nquarantine_at = 1.0\n[decide.findings]\n"antivirus.infected" = "clean"\n'
    config.write_text(f'[antivirus]\nclamd = "{server.address}"\n[origin]\nenabled = false\n{decide}')
    mail = EmailMessage()
    mail["From"] = "ann@woodwork.example"
    mail.set_content("See attached.")
    for name, content in (("a.bin", MALWARE), ("b.bin", b"agreed"), ("c.zip", pack({"offer.bin": MALWARE}))):
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    report = Scanner(config=config).scan(mail.as_bytes())
    assert (report.action, report.removes) == (Action.CLEAN, ("1.2", "1.4"))
    in_text = write_attachment("b.bin", b"agreed").replace(b"See attached.", MALWARE)
    held = Scanner(config=config).scan(in_text)
    assert (held.action, held.rule) == (Action.QUARANTINE, "findings.antivirus.infected")


def pack(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_what_only_a_password_from_the_mail_opens_is_scanned_as_well(server: ClamdServer, tmp_path: Path) -> None:
    config = tmp_path / "gatepost.toml"
    config.write_text(f'[antivirus]\nclamd = "{server.address}"\n[origin]\nenabled = false\n')
    mail = EmailMessage()
    mail["From"] = "ann@woodwork.example"
    mail.set_content("The password is Beech-40.")
    mail.add_attachment(
        lock({"offer.txt": MALWARE}, "Beech-40"), maintype="application", subtype="zip", filename="a.zip"
    )
    report = Scanner(config=config).scan(mail.as_bytes())
    found = [one for finding in report.findings if finding.code == "antivirus.infected" for one in finding.evidence]
    assert [(one.text, one.file) for one in found] == [("Test.Malware.UNOFFICIAL", "1.2:1")]


def lock(files: dict[str, bytes], password: str) -> bytes:
    packed: list[bytes] = []

    def write(piece: bytes) -> int:
        packed.append(bytes(piece))
        return len(piece)

    options = "zip:encryption=aes256"
    with libarchive.custom_writer(write, "zip", options=options, passphrase=password) as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return b"".join(packed)
