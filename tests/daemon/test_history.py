"""The history with a sender, through a whole gate: mail makes it, the next mail profits, nobody can read it."""

import json
import smtplib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gate_process import GateProcess
from gatepost.cli import app
from gatepost.store.contact_book import SECRET_NAME
from gatepost.store.database import DATABASE_NAME
from name_server import serve_names_in_a_thread

ANN, BO, EVE = "Ann Oak <ann@woodwork.example>", "bo@example.org", "eve.stone@post.example"
DOMAINS = ("woodwork.example", "example.org", "post.example")
NAMES: dict[tuple[str, str], tuple[str, ...]] = {
    **{(f"{domain}.", "TXT"): ('"v=spf1 ip4:127.0.0.1 -all"',) for domain in DOMAINS},
    **{(f"{domain}.", "MX"): (f"10 mx.{domain}.",) for domain in DOMAINS},
}
SETTINGS = """
[recipients]
domains = ["example.org"]
trusted_networks = []

[dns]
servers = ["127.0.0.1:{port}"]

[decide]
quarantine_at = 1.0
flag_at = 1.0

[[screen.people]]
name = "Nora Lindqvist"
addresses = ["nora@example.org"]
"""


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[GateProcess]:
    with serve_names_in_a_thread(NAMES) as (port, _):
        config = tmp_path / "gatepost.toml"
        config.write_text(SETTINGS.format(port=port))
        maildir = str(tmp_path / "Maildir")
        gate = GateProcess(tmp_path, ("--config", str(config), "--maildir", maildir, "--workers", "1"))
        start(gate)
        try:
            yield gate
        finally:
            gate.stop()


def start(gate: GateProcess) -> None:
    """Start it, and wait until the keeper has opened its books."""
    opened = gate.log.count('"books_open"') if (gate.folder / "gate.log").exists() else 0
    gate.start()
    until = time.monotonic() + 20
    while gate.log.count('"books_open"') == opened:
        assert time.monotonic() < until, gate.log
        time.sleep(0.02)


def send(gate: GateProcess, number: int, sender: str, head: str = "", to: str = BO) -> set[str]:
    """Send a mail from a name and an address; give the codes of what was found, when the keeper has taken it up."""
    raw = (
        f"From: {sender}\r\nTo: {to}\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\nMessage-ID: <{number}@test>\r\n"
        f"{head}Subject: Oak\r\n\r\nThe oak boards are sanded and ready.\r\n"
    )
    with smtplib.SMTP("127.0.0.1", gate.port, "client.example", timeout=20) as client:
        client.sendmail(sender.rpartition("<")[2].rstrip(">"), [BO], raw)
    return {one["code"] for one in json.loads(wait_for(gate, "SELECT findings FROM mails", number))}


def wait_for(gate: GateProcess, question: str, count: int) -> str:
    """Give the newest answer once there are so many."""
    until = time.monotonic() + 20
    while True:
        with closing(sqlite3.connect(gate.state / DATABASE_NAME, timeout=5)) as records:
            rows = records.execute(f"{question} ORDER BY received_ms, mail_id").fetchall()
        if len(rows) >= count:
            return str(rows[-1][0])
        assert time.monotonic() < until, gate.log
        time.sleep(0.02)


def let_days_pass(gate: GateProcess, days: int) -> None:
    """Let all be known so much longer, and let the readers have had more mail."""
    with closing(sqlite3.connect(gate.state / DATABASE_NAME, timeout=5)) as records:
        records.execute("UPDATE contacts SET first_day = first_day - ?", (days,))
        records.execute("UPDATE contacts SET delivered = delivered + 30 WHERE organisation IS NULL")
        records.commit()


def test_a_gate_learns_who_writes_to_whom_and_judges_by_it(gate: GateProcess) -> None:
    for number in range(1, 4):
        assert send(gate, number, ANN) == set()  # nothing is known of the reader yet
    let_days_pass(gate, 20)
    assert send(gate, 4, ANN) == {"known_correspondent.proven"}
    assert send(gate, 5, "Ann Oak <ann.oak@post.example>") == {"first_contact.known_name", "first_contact.domain"}
    # Bo writes to Eve, a copy passes here; Eve answers, and somebody else pretends to.
    assert "first_contact.domain" not in send(gate, 6, BO, to=f"{EVE}, {BO}")
    answers = "In-Reply-To: <6@test>\r\n"
    assert send(gate, 7, EVE, head=answers) == {"reply_to_ours.proven", "known_correspondent.proven"}
    assert "reply_to_ours.proven" not in send(gate, 8, "eve@post.example", head=answers)
    # What was held is judged again as on that day, though the sender is no longer new.
    assert "vip_name.stranger" in send(gate, 9, "LINDQVIST, Nora <boss@post.example>")
    held = wait_for(gate, "SELECT mail_id FROM mails", 9)
    config = str(gate.folder / "gatepost.toml")
    again = CliRunner().invoke(app, ["replay", held, "--config", config, "--state", str(gate.state), "--json"])
    told = json.loads(again.stdout)
    assert (told["same"], told["circumstances"]) == (True, [])
    assert "first_contact.domain" in told["now"]["findings"]
    assert "gatepost_history_unknown_total" in gate.read_page("/metrics")


def test_the_history_survives_a_crash_and_counts_nothing_twice(gate: GateProcess) -> None:
    for number in range(1, 4):
        send(gate, number, ANN)
    gate.kill_all()
    start(gate)
    let_days_pass(gate, 20)
    assert send(gate, 4, ANN) == {"known_correspondent.proven"}
    with closing(sqlite3.connect(gate.state / DATABASE_NAME, timeout=5)) as records:
        counted = records.execute("SELECT by_spf FROM contacts WHERE organisation IS NOT NULL").fetchall()
    assert counted == [(4,), (4,)]  # for the reader and for the domain


def test_the_book_holds_numbers_that_need_the_secret(gate: GateProcess) -> None:
    send(gate, 1, ANN)
    with closing(sqlite3.connect(gate.state / DATABASE_NAME, timeout=5)) as records:
        rows = [*records.execute("SELECT * FROM contacts"), *records.execute("SELECT * FROM sent_mails")]
    assert len(rows) == 4
    assert all(value is None or isinstance(value, int) for row in rows for value in row)
    assert (gate.state / SECRET_NAME).stat().st_mode & 0o077 == 0


def test_without_records_mail_is_judged_and_the_miss_is_counted(gate: GateProcess) -> None:
    send(gate, 1, ANN)
    with closing(sqlite3.connect(gate.state / DATABASE_NAME, timeout=5)) as records:
        records.execute("ALTER TABLE contacts RENAME TO elsewhere")
        records.commit()
        send_blindly(gate)
        records.execute("ALTER TABLE elsewhere RENAME TO contacts")
        records.commit()
    gate.wait_for_mails(2)
    assert "gatepost_history_unknown_total 1" in gate.read_page("/metrics")


def send_blindly(gate: GateProcess) -> None:
    with smtplib.SMTP("127.0.0.1", gate.port, "client.example", timeout=20) as client:
        client.sendmail("ann@woodwork.example", [BO], f"From: {ANN}\r\nSubject: Oak\r\n\r\nBeech, please.\r\n")
