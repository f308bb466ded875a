"""Debian's clamd, asked as the gate asks it."""

from collections.abc import Iterator

import pytest

from doubles import FakeResolver
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.net.clamd import MEGABYTE, Clamd
from gatepost.net.dialer import SystemDialer
from gatepost.net.settings import AntivirusSettings, TlsSettings
from gatepost.net.tls_contexts import build_client_contexts
from interop.clamd import EICAR, PUA, STREAM_MAX_MB, ClamdServer, start_clamd
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
    for _ in range(10):
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
