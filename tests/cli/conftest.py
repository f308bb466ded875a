"""A state folder that no gate serves, with held and waiting mail in it."""

import asyncio
from pathlib import Path

import pytest

from doubles import FakeClock
from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.model.verdict import Action, Decision, Screening, Verdict
from gatepost.store.journal import Journal
from gatepost.store.ledger import JOURNAL_FOLDER, Ledger
from gatepost.store.settings import StoreSettings
from gatepost.store.vault import JournalVault
from store_builders import build_arrival

HELD_ID = "a" * 32
WAITING_ID = "b" * 32
RAW = b"Subject: hi\r\n\r\nheld \x1b[2J bytes\r\n"
FINDING = Finding("link_mismatch.host", Severity.DANGER, "The link lies.", "链接有假。", (Evidence("x\x1b[31m -> y"),))


async def _accept(state: Path, mail_id: str, action: Action) -> None:
    journal = Journal(state / JOURNAL_FOLDER, FakeClock(), StoreSettings(), lambda: None)
    arrival = build_arrival(mail_id, raw=RAW)
    screening = Screening((FINDING,), 0.98, subject="Win [red]now[/]\x1b[2J", header_from="me@example.com")
    decisions = tuple(Decision(to, action, "test", "because", "因为") for to in arrival.envelope.recipients)
    await JournalVault(journal).keep(arrival, Verdict(screening, decisions), ())
    await journal.close()


@pytest.fixture(autouse=True)
def _no_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # pytest-xdist sets it


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    Ledger(folder, FakeClock(), StoreSettings()).close()
    for mail_id, action in ((HELD_ID, Action.QUARANTINE), (WAITING_ID, Action.DELIVER)):
        asyncio.run(_accept(folder, mail_id, action))
    return folder
