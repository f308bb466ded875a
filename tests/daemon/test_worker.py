"""A worker takes mail through inherited doors, keeps it in its own journal, and ends only when its sessions have."""

import functools
import os
import signal
import smtplib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from child_processes import PATIENCE_S, Start, wait_for_end, wait_until
from gatepost.config.settings import Settings
from gatepost.daemon.children import Child
from gatepost.daemon.listeners import open_listeners
from gatepost.daemon.parts import build_plan
from gatepost.daemon.worker import RETIRE_SIGNAL, OpenDoor, run_worker
from gatepost.deliver.settings import DeliverSettings
from gatepost.flow.settings import Known, RecipientSettings
from gatepost.gates.counters import SharedCounters
from gatepost.gates.smtp import SmtpDoor
from gatepost.store.entries import MailEntry, decode_mail
from gatepost.store.reader import FrameFile, is_written_to

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@dataclass
class Bench:
    """One worker, its door, and what it shares with the rest of a gate."""

    child: Child
    listener: socket.socket
    counters: SharedCounters
    news: int
    state: Path

    def connect(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.listener.getsockname()[1], "client.example", timeout=PATIENCE_S)

    def send(self, recipient: str = "b@example.org") -> None:
        with self.connect() as client:
            client.sendmail("a@example.com", [recipient], b"Subject: x\r\n\r\nhello\r\n")

    def journals(self) -> list[Path]:
        return sorted((self.state / "journal").glob("*.journal"))

    def kept(self) -> list[MailEntry]:
        files = [FrameFile(path, 0) for path in self.journals()]
        return [decode_mail(frame.meta) for file in files for frame in file.read_frames(is_finished=True)]


Begin = Callable[..., Bench]


@pytest.fixture
def begin(tmp_path: Path, start: Start) -> Begin:
    def begin_one(recipients: RecipientSettings | None = None) -> Bench:
        state = tmp_path / "state"
        (state / "journal").mkdir(parents=True)
        settings = Settings(
            state=str(state),
            hostname="mx.example.org",
            workers=1,
            recipients=recipients or RecipientSettings(domains=("example.org",)),
            deliver=DeliverSettings(maildir=str(tmp_path / "Maildir")),
        )
        plan = build_plan(settings)
        (listener,) = open_listeners("127.0.0.1:0", 1)
        counters, news = SharedCounters.create(1), os.eventfd(0, os.EFD_NONBLOCK)
        doors = [OpenDoor(SmtpDoor("127.0.0.1:0"), listener)]
        child = start(functools.partial(run_worker, plan, doors, counters.row(0), news))
        assert child.wait_until_ready(PATIENCE_S)
        return Bench(child, listener, counters, news, state)

    return begin_one


def test_what_is_answered_with_250_is_in_the_journal_and_the_keeper_hears_of_it(begin: Begin) -> None:
    bench = begin()
    bench.send()
    (entry,) = bench.kept()
    assert [str(each) for each in entry.envelope.recipients] == ["b@example.org"]
    assert (entry.envelope.helo, entry.envelope.client_ip) == ("client.example", "127.0.0.1")
    assert os.eventfd_read(bench.news) >= 1
    assert bench.counters.totals()["mails_accepted_total"] == 1
    assert is_written_to(bench.journals()[0])
    bench.listener.close()


def test_a_worker_that_is_killed_leaves_a_journal_that_others_may_free(begin: Begin) -> None:
    bench = begin()
    bench.send()
    bench.child.ask_to_leave(signal.SIGKILL)
    wait_for_end(bench.child)
    assert not is_written_to(bench.journals()[0])
    assert len(bench.kept()) == 1
    bench.listener.close()


def test_it_finishes_the_mail_at_hand_before_it_ends(begin: Begin) -> None:
    bench = begin()
    client = bench.connect()
    client.helo()
    client.mail("a@example.com")
    client.rcpt("b@example.org")
    assert client.docmd("DATA")[0] == 354
    bench.child.ask_to_leave()
    time.sleep(0.2)
    client.send(b"Subject: x\r\n\r\nhello\r\n.\r\n")
    assert client.getreply()[0] == 250
    assert client.getreply()[0] == 421
    client.close()
    wait_for_end(bench.child)
    assert len(bench.kept()) == 1
    bench.listener.close()


def test_one_that_retires_lets_its_sessions_go_on_and_takes_no_others(begin: Begin) -> None:
    bench = begin()
    client = bench.connect()
    client.helo()
    bench.child.ask_to_leave(RETIRE_SIGNAL)
    time.sleep(0.3)
    latecomer = socket.create_connection(bench.listener.getsockname(), PATIENCE_S)
    client.sendmail("a@example.com", ["b@example.org"], b"Subject: x\r\n\r\nhello\r\n")
    latecomer.settimeout(0.2)
    with pytest.raises(TimeoutError):
        latecomer.recv(1)  # waits in the socket for the new worker
    client.quit()
    wait_for_end(bench.child)
    assert len(bench.kept()) == 1
    latecomer.close()
    bench.listener.close()


def test_recipients_are_those_of_the_plan(begin: Begin) -> None:
    bench = begin(RecipientSettings(domains=("example.org",), known=Known.ASK))  # a Maildir takes every address
    bench.send("anybody@example.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        bench.send("anybody@example.com")
    wait_until(lambda: bench.counters.totals()["recipients_refused_total"] == 1)
    bench.listener.close()
