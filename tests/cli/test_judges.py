"""A command judges kept mail as the gate would, by its settings, and lets no rest go that would be held."""

import asyncio
import base64
import json
import socket
import threading
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cleaning_mails import write_mail
from daemon.test_cleaning import PROGRAM
from doubles import FakeClock
from gatepost.cli import app
from gatepost.cli.judges import build_present_judging
from gatepost.config.settings import Settings
from gatepost.flow.judge import judge_at_once
from gatepost.model.cleaning import Form
from gatepost.model.verdict import Verdict
from gatepost.store.entries import Event, State
from gatepost.store.journal import Journal
from gatepost.store.ledger import JOURNAL_FOLDER, Ledger
from gatepost.store.settings import StoreSettings
from gatepost.store.vault import JournalVault
from store_builders import build_arrival

MAIL = "c" * 32
HONEST = write_mail(("tool.exe", PROGRAM), ("notes.txt", b"Agreed.\r\n"))
FORM = HONEST.replace(
    b"Content-Type: text/plain\r\n\r\nHello, the minutes.",
    b"Content-Type: text/html\r\n\r\n<p>Hello</p><form action='https://a.example/x'><input type='password'></form>",
)


@cache
def judge(raw: bytes) -> Verdict:
    return judge_at_once(build_arrival(MAIL, raw=raw), build_present_judging(Settings()))


def accept(state: Path, raw: bytes) -> None:
    async def keep() -> None:
        journal = Journal(state / JOURNAL_FOLDER, FakeClock(), StoreSettings(), lambda: None)
        await JournalVault(journal).keep(build_arrival(MAIL, raw=raw), judge(raw), ())
        await journal.close()

    asyncio.run(keep())


def release(state: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["quarantine", "release", MAIL, *words, "--state", str(state)])


def read_history(state: Path) -> list[tuple[str, str]]:
    shown = CliRunner().invoke(app, ["quarantine", "show", MAIL, "--state", str(state), "--json"])
    return [(event["state"], event["says"]) for event in json.loads(shown.stdout)["events"]]


def test_a_rest_that_is_honest_goes(state: Path) -> None:
    accept(state, HONEST)
    result = release(state, "--cleaned")
    assert (result.exit_code, result.stdout) == (0, f"{MAIL}: released for 1 recipient(s)\n"), result.stderr
    assert read_history(state) == [("queued", "released without its suspect files")]


def test_a_rest_that_would_be_held_stays_and_goes_only_when_that_is_said(state: Path) -> None:
    accept(state, FORM)
    result = release(state, "--cleaned")
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert f"{MAIL}: what is left would be held, too: " in said
    assert "(html_form.password, severities.danger); --allow-held lets it go all the same" in said
    assert read_history(state) == []
    assert release(state, "--cleaned", "--allow-held", "--reason", "a test of ours").exit_code == 0
    says = "a test of ours (--allow-held: what is left was not judged again)"
    assert read_history(state) == [("queued", says)]


def test_the_settings_of_the_gate_say_what_holds_a_rest(state: Path) -> None:
    accept(state, FORM)
    config = state.parent / "gatepost.toml"
    config.write_text('[decide.findings]\n"html_form.password" = "flag"\n')
    assert release(state, "--cleaned", "--config", str(config)).exit_code == 0


def test_as_it_came_a_mail_goes_without_being_judged(state: Path) -> None:
    accept(state, FORM)
    assert release(state, "--original").exit_code == 0
    again = release(state, "--cleaned")
    assert again.exit_code == 2
    assert "is not quarantined; it was released by " in " ".join(again.stderr.split())


def test_who_has_got_the_cleaned_form_gets_it_again_only_when_that_is_said(state: Path) -> None:
    accept(state, HONEST)
    assert release(state, "--cleaned").exit_code == 0
    ledger = Ledger(state, FakeClock(), StoreSettings())
    ledger.settle([Event(MAIL, 0, FakeClock().now(), State.QUARANTINED, "delivered", form=Form.CLEANED)])
    ledger.close()
    result = release(state, "--cleaned")
    said = " ".join(result.stderr.split())
    assert result.exit_code == 2
    assert f"{MAIL}: its cleaned form was delivered at " in said
    assert "(released by " in said
    assert release(state, "--cleaned", "--again").exit_code == 0
    assert [state for state, _ in read_history(state)] == ["queued", "quarantined", "queued"]


@pytest.mark.parametrize(("answer", "goes"), [("stream: OK", True), ("stream: Test.Text FOUND", False), ("", False)])
def test_the_antivirus_of_the_settings_is_asked_about_the_rest(state: Path, answer: str, goes: bool) -> None:
    accept(state, HONEST)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)  # where nobody asks, the test fails, and does not hang
        clamd = threading.Thread(target=answer_once, args=(listener, answer), daemon=True)
        clamd.start()
        config = state.parent / "gatepost.toml"
        config.write_text(f'[antivirus]\nclamd = "127.0.0.1:{listener.getsockname()[1]}"\ntimeout_s = 2\n')
        result = release(state, "--cleaned", "--config", str(config))
        clamd.join()
    assert (result.exit_code == 0) is goes, result.stderr
    assert goes or "antivirus." in result.stderr


def answer_once(listener: socket.socket, answer: str) -> None:
    """Be clamd for one question."""
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(5)
        content = b""
        while not content.endswith(bytes(4)) and (more := connection.recv(65536)):
            content += more
        assert base64.b64encode(PROGRAM)[:40] not in content
        connection.sendall(answer.encode() + b"\0" if answer else b"")
