"""Decisions are kept as numbers; the last one about a mail counts; nothing grows without end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gatepost.learn.decisions import (
    DECISIONS_FOLDER,
    MAX_MAIL_BYTES,
    Decided,
    clear_decisions,
    keep_decision,
    load_decisions,
)
from gatepost.model.address import Domain
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from gatepost.screen.case import LoadedCheck
from gatepost.screen.classifier.evidence import SENDER_PROVEN
from gatepost.screen.classifier.ngrams import hash_ngrams
from gatepost.screen.kit import build_kit
from gatepost.screen.settings import ScreenSettings
from gatepost.store.entries import Label, MailEntry, StoredMail
from store_builders import RECEIVED_AT, build_arrival, build_verdict

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUSE = (build_kit(ScreenSettings(model="none")), frozenset({Domain.parse("example.org")}))
RAW = b"From: Ann <ann@mail.woodwork.example>\r\nSubject: Oak\r\n\r\nsecret oak boards\r\n"


def store(raw: bytes = RAW, number: int = 1, proof: Proof = UNPROVEN) -> StoredMail:
    arrival = build_arrival(f"{number:032x}", raw=raw)
    verdict = build_verdict(arrival)
    verdict = replace(verdict, screening=replace(verdict.screening, proof=proof))
    return StoredMail(MailEntry(arrival.mail_id, RECEIVED_AT, len(raw), arrival.envelope, verdict), raw)


def keep(state: Path, mail: StoredMail, label: Label = Label.HONEST, at: datetime = AT) -> Decided | None:
    return keep_decision(state, mail, label, at, HOUSE)


def test_a_decision_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    decided = keep(tmp_path, store())
    assert load_decisions(tmp_path) == [decided]
    assert decided is not None
    assert (decided.label, decided.is_bad, decided.decided_at) == (Label.HONEST, False, AT)
    assert set(hash_ngrams("secret oak boards").buckets.tolist()) <= set(decided.read_words().buckets.tolist())
    assert 0 not in decided.numbers.values()


def test_neither_words_nor_addresses_are_kept_and_nobody_else_can_read_the_rest(tmp_path: Path) -> None:
    keep(tmp_path, store())
    for path in [tmp_path / DECISIONS_FOLDER, *(tmp_path / DECISIONS_FOLDER).iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path
        assert path.is_dir() or not any(word in path.read_bytes() for word in (b"secret", b"oak", b"ann@", b"woodwork"))


def test_the_last_decision_about_a_mail_counts(tmp_path: Path) -> None:
    keep(tmp_path, store(), Label.UNWANTED)
    keep(tmp_path, store(), Label.HONEST, AT + timedelta(hours=1))
    (decided,) = load_decisions(tmp_path)
    assert decided.label is Label.HONEST


def test_the_proof_of_its_day_is_part_of_the_evidence(tmp_path: Path) -> None:
    proof = Proof(AuthResult.PASS, AuthResult.NONE, AuthResult.NONE, AuthResult.NONE)
    decided = keep(tmp_path, store(proof=proof))
    assert decided is not None
    assert decided.numbers[SENDER_PROVEN] == 1


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("ann@woodwork.example", "shop@mail.WOODWORK.example", True),
        ("ann@woodwork.example", "ann@other.example", False),
        ("ann@gmail.com", "bo@gmail.com", False),  # anybody may open a mailbox there
        ("ann@gmail.com", "ANN@gmail.com", True),
    ],
)
def test_a_sender_is_an_organisation_or_a_free_mailbox(tmp_path: Path, one: str, other: str, is_same: bool) -> None:
    decided = [keep(tmp_path, store(f"From: {address}\r\n\r\nhi".encode())) for address in (one, other)]
    senders = [each.sender for each in decided if each]
    assert (senders[0] == senders[1]) is is_same
    assert all(senders)


def test_the_number_of_a_sender_is_another_in_each_installation(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    one, other = (keep(tmp_path / name, store()) for name in "ab")
    assert one is not None
    assert other is not None
    assert one.sender != other.sender
    nobody = keep(tmp_path, store(b"Subject: hi\r\n\r\nhi"))
    assert nobody is not None
    assert nobody.sender == ""


def test_mail_that_cannot_be_looked_at_is_passed_over(tmp_path: Path) -> None:
    assert keep(tmp_path, store(RAW + b"x" * MAX_MAIL_BYTES)) is None

    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    broken = replace(HOUSE[0], checks=(LoadedCheck("broken", break_down),))  # type: ignore[arg-type]
    assert keep_decision(tmp_path, store(), Label.HONEST, AT, (broken, HOUSE[1])) is None
    assert load_decisions(tmp_path) == []


def test_a_damaged_decision_is_passed_over(tmp_path: Path) -> None:
    keep(tmp_path, store(number=1))
    decided = keep(tmp_path, store(number=2))
    path = tmp_path / DECISIONS_FOLDER / f"{1:032x}.decision"
    path.write_bytes(path.read_bytes()[:-9])
    assert load_decisions(tmp_path) == [decided]


@pytest.mark.parametrize(
    "change",
    [
        {"pieces": (b"abc",)},
        {"pieces": ((2**32 - 1).to_bytes(4, "little"),)},
        {"pieces": (b"\7\0\0\0" * 3,)},  # one word counted three times
        {"decided_at": AT.replace(tzinfo=None)},
        {"numbers": {"url_shape.length": float("nan")}},
        {"numbers": {"url_shape.length": float("inf")}},
    ],
)
def test_what_no_mail_can_bring_is_passed_over(tmp_path: Path, change: dict[str, Any]) -> None:
    decided = keep(tmp_path, store())
    assert decided is not None
    strange = msgspec.structs.replace(decided, mail_id="0" * 32, **change)
    (tmp_path / DECISIONS_FOLDER / "strange.decision").write_bytes(msgspec.msgpack.encode(strange))
    assert load_decisions(tmp_path) == [decided]


def test_a_decision_that_is_no_file_or_gone_stops_neither_learning_nor_forgetting(tmp_path: Path) -> None:
    decided = keep(tmp_path, store())
    (tmp_path / DECISIONS_FOLDER / "folder.decision").mkdir()
    (tmp_path / DECISIONS_FOLDER / "gone.decision").symlink_to(tmp_path / "nowhere")
    assert load_decisions(tmp_path) == [decided]
    assert clear_decisions(tmp_path, 0, AT + timedelta(days=1)) == 1
    assert load_decisions(tmp_path) == []


@pytest.mark.parametrize(
    ("days", "max_files", "left"), [(365, 10, [1, 2, 3]), (2, 10, [1, 2]), (0, 10, []), (365, 2, [1, 2])]
)
def test_decisions_are_forgotten_in_their_time(tmp_path: Path, days: int, max_files: int, left: list[int]) -> None:
    for number in (1, 2, 3):
        keep(tmp_path, store(number=number), at=AT - timedelta(days=number))
    assert clear_decisions(tmp_path, days, AT, max_files) == 3 - len(left)
    assert sorted(int(one.mail_id, 16) for one in load_decisions(tmp_path)) == left
    assert (tmp_path / DECISIONS_FOLDER / "salt").exists()


def test_where_nothing_was_decided_there_is_nothing(tmp_path: Path) -> None:
    assert load_decisions(tmp_path) == []
    assert clear_decisions(tmp_path, 1, AT) == 0
