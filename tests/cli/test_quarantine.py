import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gatepost.cli import app
from gatepost.learn.decisions import load_decisions
from gatepost.store.entries import Label

HELD_ID = "a" * 32
WAITING_ID = "b" * 32


def invoke(state: Path, *words: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, ["quarantine", *words, "--state", str(state)], input=answer)


def listed(state: Path) -> list[str]:
    return [json.loads(line)["mail_id"] for line in invoke(state, "list", "--json").stdout.splitlines()]


def states_of(state: Path, mail_id: str) -> list[str]:
    shown = json.loads(invoke(state, "show", mail_id, "--json").stdout)
    return [delivery["state"] for delivery in shown["deliveries"]]


def test_what_is_held_is_listed_and_nothing_else(state: Path) -> None:
    assert listed(state) == [HELD_ID]


def test_a_stranger_s_subject_cannot_drive_the_terminal(state: Path) -> None:
    shown = invoke(state, "list").stdout + invoke(state, "show", HELD_ID).stdout
    assert r"Win [red]now[/]\x1b[2J" in shown
    assert r"x\x1b[31m -> y" in shown
    assert "\x1b" not in shown


def test_show_tells_findings_decisions_and_history(state: Path) -> None:
    invoke(state, "release", HELD_ID, "--reason", "asked for")
    shown = json.loads(invoke(state, "show", HELD_ID[:6], "--json").stdout)
    assert shown["findings"][0]["says"] == "The link lies."
    assert [(event["state"], event["says"]) for event in shown["events"]] == [("queued", "asked for")]
    assert shown["events"][0]["by"]
    assert shown["raw_is_kept"] is True


def test_raw_gives_the_mail_byte_by_byte(state: Path) -> None:
    assert invoke(state, "show", HELD_ID, "--raw").stdout_bytes == b"Subject: hi\r\n\r\nheld \x1b[2J bytes\r\n"


def test_a_released_mail_goes_on_its_way(state: Path) -> None:
    result = invoke(state, "release", HELD_ID)
    assert (result.exit_code, result.stdout) == (0, f"{HELD_ID}: released for 1 recipient(s)\n")
    assert states_of(state, HELD_ID) == ["queued"]
    assert listed(state) == []


def test_a_mail_without_suspect_files_has_no_cleaned_form(state: Path) -> None:
    result = invoke(state, "release", HELD_ID, "--cleaned")
    assert (result.exit_code, listed(state)) == (2, [HELD_ID])
    assert "there is no cleaned form of it: nothing suspect was found in a file" in result.stderr


def test_a_mail_goes_in_one_form(state: Path) -> None:
    result = invoke(state, "release", HELD_ID, "--cleaned", "--original")
    assert (result.exit_code, listed(state)) == (2, [HELD_ID])
    assert "say --original or --cleaned" in result.stderr
    for word in ("--again", "--allow-held"):
        result = invoke(state, "release", HELD_ID, word)
        assert (result.exit_code, listed(state)) == (2, [HELD_ID])
        assert "say --cleaned, too" in result.stderr
    assert invoke(state, "release", HELD_ID, "--original").exit_code == 0
    assert states_of(state, HELD_ID) == ["queued"]


@pytest.mark.parametrize(("answer", "after"), [("y\n", "deleted"), ("n\n", "quarantined"), ("", "quarantined")])
def test_a_mail_is_destroyed_only_when_the_question_is_answered_with_yes(state: Path, answer: str, after: str) -> None:
    result = invoke(state, "delete", HELD_ID, answer=answer)
    assert states_of(state, HELD_ID) == [after]
    assert (result.exit_code == 0) is (after == "deleted")


def test_yes_can_be_said_before(state: Path) -> None:
    done = json.loads(invoke(state, "delete", HELD_ID, "--yes", "--json").stdout)
    assert done == {"mail": HELD_ID, "done": "deleted", "recipients": 1}


@pytest.mark.parametrize(
    ("name", "said"),
    [(WAITING_ID, "is not quarantined"), ("c" * 32, "no such mail"), ("aaa", "at least its first 6 characters")],
)
def test_what_cannot_be_released_is_told_in_a_sentence(state: Path, name: str, said: str) -> None:
    result = invoke(state, "release", name)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_released_mail_is_remembered_as_honest_and_a_reported_one_as_unwanted(state: Path) -> None:
    result = invoke(state, "report", HELD_ID, "--reason", "a lottery")
    assert (result.exit_code, result.stdout) == (0, f"{HELD_ID}: reported for 1 recipient(s)\n")
    assert [(one.mail_id, one.label) for one in load_decisions(state)] == [(HELD_ID, Label.UNWANTED)]
    assert states_of(state, HELD_ID) == ["quarantined"]
    invoke(state, "release", HELD_ID)
    assert [one.label for one in load_decisions(state)] == [Label.HONEST]


def test_a_reported_mail_can_be_destroyed_at_once(state: Path) -> None:
    result = invoke(state, "report", HELD_ID, "--delete", "--json")
    assert json.loads(result.stdout) == {"mail": HELD_ID, "done": "reported", "recipients": 1}
    assert states_of(state, HELD_ID) == ["deleted"]
    assert [one.label for one in load_decisions(state)] == [Label.UNWANTED]


def test_where_the_settings_say_so_no_decision_is_kept(state: Path) -> None:
    config = state.parent / "gatepost.toml"
    config.write_text("[store]\ndecisions_days = 0\n")
    assert invoke(state, "report", HELD_ID, "--config", str(config)).exit_code == 0
    assert load_decisions(state) == []
