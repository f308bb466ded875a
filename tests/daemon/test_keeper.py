"""The keeper delivers what lies in the journals, waits for books that another holds, and says how it is."""

import functools
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from child_processes import PATIENCE_S, Start, wait_for_end, wait_until
from doubles import FakeClock
from gate_process import find_free_port
from gatepost.config.settings import MetricsSettings, Settings
from gatepost.daemon.children import Child
from gatepost.daemon.keeper import METRICS, run_keeper
from gatepost.daemon.parts import Plan, build_plan
from gatepost.deliver.settings import DeliverSettings
from gatepost.flow.settings import RecipientSettings
from gatepost.gates.control import RemoteDesk
from gatepost.gates.counters import COUNTERS, SharedCounters
from gatepost.learn.decisions import load_decisions
from gatepost.model.errors import BadInput
from gatepost.model.verdict import Action
from gatepost.store.database import DATABASE_NAME
from gatepost.store.entries import Label, MailEntry, encode_entry
from gatepost.store.frames import Kind, build_frame
from gatepost.store.ledger import Ledger
from gatepost.store.settings import StoreSettings
from paths import PROJECT_ROOT
from store_builders import RECEIVED_AT, build_arrival, build_verdict

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@dataclass
class Bench:
    """What a keeper needs, and a view of what it does."""

    folder: Path
    start: Start
    news: int = field(default_factory=lambda: os.eventfd(0, os.EFD_NONBLOCK))
    port: int = field(default_factory=find_free_port)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def plan(self) -> Plan:
        (self.state / "journal").mkdir(parents=True, exist_ok=True)
        settings = Settings(
            state=str(self.state),
            hostname="mx.example.org",
            workers=1,
            recipients=RecipientSettings(domains=("example.org",)),
            deliver=DeliverSettings(maildir=str(self.folder / "Maildir")),
            metrics=MetricsSettings(listen=f"127.0.0.1:{self.port}"),
        )
        return build_plan(settings)

    def begin(self) -> Child:
        child = self.start(functools.partial(run_keeper, self.plan(), SharedCounters.create(1), self.news))
        assert child.wait_until_ready(PATIENCE_S)
        return child

    def write(self, mail_id: str, action: Action = Action.DELIVER) -> Path:
        arrival = build_arrival(mail_id)
        entry = MailEntry(mail_id, RECEIVED_AT, 9, arrival.envelope, build_verdict(arrival, action))
        path = self.state / "journal" / f"{mail_id}.journal"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(build_frame(Kind.MAIL, encode_entry(entry), arrival.raw)))
        return path

    def delivered(self) -> int:
        return len(list((self.folder / "Maildir" / "new").glob("*")))

    def ask(self, page: str) -> str:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                connection.sendall(f"GET {page} HTTP/1.1\r\n\r\n".encode())
                return connection.makefile("rb").read().decode()
        except ConnectionError:
            return ""


@pytest.fixture
def bench(tmp_path: Path, start: Start) -> Iterator[Bench]:
    made = Bench(tmp_path, start)
    yield made
    os.close(made.news)


def test_what_the_journals_hold_is_delivered_and_what_comes_later_too(bench: Bench) -> None:
    bench.write("1" * 32)
    child = bench.begin()
    wait_until(lambda: bench.delivered() == 1)
    bench.write("2" * 32)
    os.eventfd_write(bench.news, 1)
    wait_until(lambda: bench.delivered() == 2)
    wait_until(lambda: "gatepost_delivered_total 2.0" in bench.ask("/metrics"))
    assert bench.ask("/healthz").endswith("ok\n")
    child.ask_to_leave()
    wait_for_end(child)
    assert bench.delivered() == 2


def test_each_number_is_told_in_a_sentence_that_says_more_than_its_name(bench: Bench) -> None:
    bench.begin()
    wait_until(lambda: "gatepost_deliveries_queued" in bench.ask("/metrics"))
    told = dict(re.findall(r"^# HELP gatepost_(\w+) (.+)$", bench.ask("/metrics"), re.MULTILINE))
    assert {*COUNTERS, "deliveries_queued", "certificate_expires_s"} <= told.keys()
    assert all(says == METRICS[name] for name, says in told.items())
    for name, says in METRICS.items():
        own_words = set(re.findall("[a-z]+", says.lower())) - set(name.split("_"))
        assert len(own_words) > 3, name
        assert says.endswith("."), name


def test_every_number_in_the_pages_for_operators_is_there() -> None:
    named = set(re.findall(r"`gatepost_([a-z_]+)`", (PROJECT_ROOT / "docs" / "operate.md").read_text("utf-8")))
    assert named
    assert named <= METRICS.keys()


def test_one_that_is_killed_delivers_nothing_twice(bench: Bench) -> None:
    for number in range(1, 10):
        bench.write(str(number) * 32)
    child = bench.begin()
    wait_until(bench.delivered)
    child.ask_to_leave(signal.SIGKILL)
    wait_for_end(child)
    bench.begin()
    wait_until(lambda: bench.delivered() == 9)
    time.sleep(0.3)
    assert bench.delivered() == 9


def test_people_reach_their_mail_through_it(bench: Bench) -> None:
    bench.write("1" * 32, Action.QUARANTINE)
    bench.begin()
    desk = RemoteDesk(bench.state)

    def is_there() -> bool:
        try:
            return len(desk.list_quarantine()) == 1
        except BadInput:
            return False

    wait_until(is_there)
    assert bench.delivered() == 0
    desk.report("1" * 32, "anna", "")
    assert [one.label for one in load_decisions(bench.state)] == [Label.UNWANTED]
    desk.release("1" * 32, "anna", "known")
    assert [one.label for one in load_decisions(bench.state)] == [Label.HONEST]
    wait_until(lambda: bench.delivered() == 1)


def test_it_waits_while_another_holds_the_books(bench: Bench) -> None:
    bench.write("1" * 32)

    def hold(tell_ready: Callable[[], None]) -> None:
        Ledger(bench.state, FakeClock(), StoreSettings())
        tell_ready()
        time.sleep(PATIENCE_S)

    former = bench.start(hold)
    assert former.wait_until_ready(PATIENCE_S)
    child = bench.begin()
    time.sleep(0.3)
    assert bench.delivered() == 0
    former.ask_to_leave()
    wait_until(lambda: bench.delivered() == 1)
    child.ask_to_leave()
    wait_for_end(child)


def test_books_that_are_broken_end_it_at_once_with_the_remedy(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    """It waited two minutes for another process that was not there, then blamed that one."""
    bench.plan()
    (bench.state / DATABASE_NAME).write_bytes(b"not a database" * 1000)
    child = bench.begin()
    wait_for_end(child)
    told = capfd.readouterr().err
    assert "file is not a database" in told
    assert "it is rebuilt from the journals" in told
    assert "Traceback" not in told


def test_a_journal_that_cannot_be_read_is_told_and_stops_no_other_mail(bench: Bench) -> None:
    (bench.state / "journal" / "0.journal").mkdir(parents=True)  # stands for a bad sector
    bench.write("1" * 32)
    bench.begin()
    wait_until(lambda: bench.delivered() == 1)
    answer = bench.ask("/healthz")
    assert "503" in answer
    assert "journal/0.journal cannot be read (Is a directory)" in answer


def test_mail_is_delivered_even_when_nobody_can_be_answered(bench: Bench) -> None:
    (bench.state / "control.sock").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", bench.port)):
        bench.write("1" * 32)
        bench.begin()
        wait_until(lambda: bench.delivered() == 1)
