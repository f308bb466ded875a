"""A gate opens what mails carry in processes of its own, counts it, and leaves none of them behind."""

import os
import signal
import smtplib
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
import structlog

from gate_process import GateProcess, running_gate
from gatepost.config.settings import Settings
from gatepost.daemon.parts import build_plan
from gatepost.daemon.sandboxes import GateOpener, build_sandbox, report_sandbox
from gatepost.flow.judge import judge
from gatepost.flow.judging import give_opener
from gatepost.gates.counters import SharedCounters
from gatepost.model.contents import Opening
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.errors import TryLater
from gatepost.model.ports import FileToOpen, OpenOrder
from gatepost.model.verdict import Action
from gatepost.net.sandbox.sandbox import DESKS, Sandbox
from gatepost.net.sandbox.settings import OpenSettings
from sandboxes import HOSTILE, SMALL, find_children, find_nurseries, lives, make_order, wait_until


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GateProcess]:
    with running_gate(tmp_path_factory.mktemp("gate")) as one:
        yield one


def make_mail(token: str) -> EmailMessage:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.txt", "Agreed.")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["X-Token"] = "a@example.com", "b@example.org", "Notes", token
    mail.set_content("The notes are attached.")
    mail.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="notes.zip")
    return mail


def send(gate: GateProcess, token: str) -> None:
    with smtplib.SMTP("127.0.0.1", gate.port, "client.example", timeout=20) as client:
        client.send_message(make_mail(token))


def send_until_taken(gate: GateProcess, token: str) -> None:
    """Do as senders do: bring a mail again that is put off."""

    def is_taken() -> bool:
        try:
            send(gate, token)
        except smtplib.SMTPDataError:
            return False
        return True

    wait_until(is_taken)


def find_sandbox(gate: GateProcess) -> list[int]:
    """Give the nurseries of all workers, and their children."""
    nurseries = [nursery for worker in gate.children() for nursery in find_nurseries(worker, DESKS)]
    return nurseries + [child for nursery in nurseries for child in find_children(nursery)]


def test_what_a_mail_carries_is_opened_and_counted(gate: GateProcess) -> None:
    send(gate, "one")
    gate.wait_for_mails(1)
    page = gate.read_page("/metrics")
    assert "gatepost_files_opened_total 1" in page
    assert "gatepost_files_broke_sandbox_total 0" in page
    assert '"sandbox_ready"' in gate.log
    assert "notes.zip" not in gate.log


def test_a_gate_that_loses_its_sandbox_loses_no_mail_and_gets_another(gate: GateProcess) -> None:
    wait_until(lambda: find_sandbox(gate))
    before, lost = len(gate.delivered()), find_sandbox(gate)
    for pid in lost:
        os.kill(pid, signal.SIGKILL)
    for token in ("two", "three"):
        send_until_taken(gate, token)
    gate.wait_for_mails(before + 2)
    wait_until(lambda: set(find_sandbox(gate)) - set(lost))


@pytest.mark.parametrize("end", [GateProcess.stop, GateProcess.kill_all])
def test_a_gate_that_ends_leaves_no_process_behind(tmp_path: Path, end: Callable[[GateProcess], object]) -> None:
    with running_gate(tmp_path, "--workers", "1") as gate:
        wait_until(lambda: len(find_sandbox(gate)) == 1 + OpenSettings().children)
        family = find_sandbox(gate)
        end(gate)
        wait_until(lambda: not any(map(lives, family)))


def test_nothing_is_started_where_nothing_is_to_be_opened(tmp_path: Path) -> None:
    plan, before = build_plan(make_settings(tmp_path, OpenSettings(enabled=False))), find_nurseries(desks=DESKS)
    assert build_sandbox(plan, SharedCounters.create(1).row(0)) is None
    assert find_nurseries(desks=DESKS) == before


def test_files_are_counted_where_the_keeper_reads_it(tmp_path: Path) -> None:
    counters = SharedCounters.create(1)
    sandbox = build_sandbox(build_plan(make_settings(tmp_path, OpenSettings())), counters.row(0))
    assert sandbox is not None
    sandbox.open(OpenOrder((FileToOpen("1", "a.txt", b"x"), FileToOpen("2", "b.txt", b"y"))))
    sandbox.close()
    assert counters.totals()["files_opened_total"] == 2


@pytest.mark.parametrize(
    ("event", "level"),
    [("sandbox_ready", "info"), ("sandbox_child_died", "warning"), ("sandbox_failed", "error")],
)
def test_what_a_person_must_act_on_is_an_error(event: str, level: str) -> None:
    with structlog.testing.capture_logs() as lines:
        report_sandbox(event, says="why")
    assert lines == [{"event": event, "says": "why", "log_level": level}]


def test_a_mail_whose_files_are_not_even_tried_may_come_again() -> None:
    closed = Sandbox(OpenSettings())
    closed.close()
    with pytest.raises(TryLater):
        GateOpener(closed).open(make_order("one"))
    hostile = Sandbox(SMALL, desks=HOSTILE)
    assert GateOpener(hostile).open(make_order("abort")).files[0].opening is Opening.CRASHED
    hostile.close()


async def test_the_sender_of_such_a_mail_is_asked_to_come_again(tmp_path: Path) -> None:
    closed = Sandbox(OpenSettings())
    closed.close()
    judging = give_opener(build_plan(make_settings(tmp_path, OpenSettings())).judging, GateOpener(closed))
    raw = make_mail("one").as_bytes()
    arrival = Arrival("a1", datetime(2026, 1, 5, tzinfo=UTC), Envelope(None, (), "", "", protocol=""), raw)
    assert (await judge(arrival, judging)).action is Action.DEFER


def make_settings(folder: Path, opening: OpenSettings) -> Settings:
    return Settings(state=str(folder), hostname="mx.example.org", open=opening)
