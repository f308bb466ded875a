"""Whatever is killed while people release mail: nothing is lost, and nothing goes more than once beyond each kill."""

import random
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from cleaning_mails import write_mail
from daemon.test_cleaning import PROGRAM, names
from gate_process import GateProcess, running_gate, token_of
from gatepost.gates.control import RemoteDesk
from gatepost.model.cleaning import Form
from gatepost.model.errors import BadInput
from gatepost.store.entries import State
from gatepost.store.rows import DeliveryRow

MAILS = 30
ROUNDS = 6  # of kills, for each form
PATIENCE_S = 60.0
RAW = write_mail(("tool.exe", PROGRAM))

IsDone = Callable[[DeliveryRow], bool]


def send(gate: GateProcess, tokens: Iterable[str]) -> None:
    with smtplib.SMTP("127.0.0.1", gate.port, timeout=20) as client:
        for token in tokens:
            raw = f"X-Token: {token}\r\n".encode() + RAW
            assert client.sendmail("anna@example.com", ["bo@example.org"], raw) == {}


def start(gate: GateProcess) -> None:
    """Start the gate, and wait until its keeper answers."""
    gate.start()
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with suppress(BadInput, OSError):
            RemoteDesk(gate.state).list_queue()
            return
        time.sleep(0.02)
    raise AssertionError(gate.log[-3000:])


def find_rows(gate: GateProcess) -> list[DeliveryRow]:
    return RemoteDesk(gate.state).list_history(1000)


def release_all(gate: GateProcess, form: Form, by: str) -> None:
    """Let two people at once release what is held, each mail twice, until all is done or the gate is dead."""
    desk = RemoteDesk(gate.state)
    with suppress(BadInput, OSError):
        for row in desk.list_quarantine():
            for _ in range(2):
                with suppress(BadInput, OSError):  # it was released before, or the gate is dead
                    desk.release(row.mail_id, by, "", form)


def release_and_kill(gate: GateProcess, form: Form, seconds: float) -> None:
    start(gate)
    people = [threading.Thread(target=release_all, args=(gate, form, by)) for by in ("anna", "bo")]
    for one in people:
        one.start()
    time.sleep(seconds)
    gate.kill_all()
    for one in people:
        one.join()


def release_the_rest(gate: GateProcess, upstream: GateProcess, form: Form, is_done: IsDone) -> None:
    """Let the rest go without a kill; nothing goes that has gone already, however often it is asked for."""
    start(gate)
    until = time.monotonic() + PATIENCE_S
    while not all(is_done(row) for row in find_rows(gate)):
        assert time.monotonic() < until, gate.log[-3000:]
        release_all(gate, form, "carl")
        time.sleep(0.2)
    gone = len(upstream.delivered())
    release_all(gate, form, "dora")
    time.sleep(1)  # a second copy would go now
    assert len(upstream.delivered()) == gone
    gate.kill_all()


def count_forms(upstream: GateProcess) -> dict[Form, Counter[str]]:
    counts: dict[Form, Counter[str]] = {Form.ORIGINAL: Counter(), Form.CLEANED: Counter()}
    for raw in upstream.delivered():
        counts[Form.CLEANED if names(raw) == ["removed-1.txt"] else Form.ORIGINAL][token_of(raw)] += 1
    return counts


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_released_mail_goes_in_each_form_at_most_once_beyond_each_kill(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    random.seed(seed)
    tokens = [str(number) for number in range(MAILS)]
    (tmp_path / "upstream").mkdir()
    (tmp_path / "gate").mkdir()
    with running_gate(tmp_path / "upstream", "--screening", "off", "--workers", "1") as upstream:
        away = f"smtp://127.0.0.1:{upstream.port}"
        (tmp_path / "gatepost.toml").write_text("[open]\nenabled = false\n")  # its name tells what the file is
        config = str(tmp_path / "gatepost.toml")
        gate = GateProcess(tmp_path / "gate", ("--config", config, "--upstream", away, "--workers", "1"))
        with gate.ending():
            start(gate)
            send(gate, tokens)
            until = time.monotonic() + PATIENCE_S
            while len(find_rows(gate)) < MAILS and time.monotonic() < until:
                time.sleep(0.1)
            assert {row.state for row in find_rows(gate)} == {State.QUARANTINED}
            gate.kill_all()
            for form, is_done in ((Form.CLEANED, was_cleaned), (Form.ORIGINAL, was_delivered)):
                for _ in range(ROUNDS):
                    release_and_kill(gate, form, random.uniform(0.02, 0.5))
                release_the_rest(gate, upstream, form, is_done)
                counts = count_forms(upstream)
                assert set(counts[form]) == set(tokens), seed
                assert max(counts[form].values()) <= 1 + ROUNDS, (seed, counts)


def was_cleaned(row: DeliveryRow) -> bool:
    return row.state is State.QUARANTINED and row.form is Form.CLEANED


def was_delivered(row: DeliveryRow) -> bool:
    return row.state is State.DELIVERED
