import json
from pathlib import Path

from typer.testing import CliRunner, Result

from gatepost.cli import app

HELD_ID = "a" * 32
WAITING_ID = "b" * 32


def invoke(state: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["queue", *words, "--state", str(state)])


def test_what_waits_is_listed_and_nothing_else(state: Path) -> None:
    (row,) = map(json.loads, invoke(state, "list", "--json").stdout.splitlines())
    assert (row["mail_id"], row["recipient"]) == (WAITING_ID, "you@example.org")
    assert WAITING_ID[:16] in invoke(state, "list").stdout


def test_a_waiting_mail_is_tried_again_on_request(state: Path) -> None:
    result = invoke(state, "retry", WAITING_ID)
    assert (result.exit_code, result.stdout) == (0, f"{WAITING_ID}: to be tried now for 1 recipient(s)\n")


def test_a_cancelled_mail_waits_no_longer(state: Path) -> None:
    assert invoke(state, "cancel", WAITING_ID, "--reason", "sent twice").exit_code == 0
    assert invoke(state, "list").stdout == "nothing\n"


def test_a_mail_that_does_not_wait_cannot_be_cancelled(state: Path) -> None:
    result = invoke(state, "cancel", HELD_ID)
    assert (result.exit_code, result.stderr.startswith(f"{HELD_ID}: this mail is not queued")) == (2, True)


def test_the_history_shows_mail_in_every_state_newest_first(state: Path) -> None:
    rows = [json.loads(line) for line in invoke(state, "history", "--json").stdout.splitlines()]
    assert {row["state"] for row in rows} == {"queued", "quarantined"}
    assert len(invoke(state, "history", "--limit", "1", "--json").stdout.splitlines()) == 1
    assert invoke(state, "history", "--limit", "0").exit_code == 2


def test_the_history_of_one_person_is_found_by_a_part_of_an_address(state: Path) -> None:
    assert len(invoke(state, "history", "--about", "YOU@", "--json").stdout.splitlines()) == 2
    assert len(invoke(state, "history", "--about", "me@example.com", "--json").stdout.splitlines()) == 2
    assert invoke(state, "history", "--about", "somebody.else@").stdout == "nothing\n"
