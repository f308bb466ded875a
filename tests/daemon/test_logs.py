"""A log line tells what happened, cannot be forged by what a peer said, and never stops the gate."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from gatepost.config.settings import LogSettings
from gatepost.daemon.logs import set_up_logs

log = structlog.get_logger()
Form = Literal["json", "text", "auto"]

TALK_TO_NOBODY = """
import os, sys
import structlog
from gatepost.config.settings import LogSettings
from gatepost.daemon.logs import set_up_logs

set_up_logs(LogSettings(format=sys.argv[1]))
reading, writing = os.pipe()
os.close(reading)
os.dup2(writing, 2)
for _ in range(1000):
    structlog.get_logger().error("nobody listens", words="x" * 1000)
os.close(2)
structlog.get_logger().error("nobody listens")
print("alive")
os._exit(0)
"""


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_an_event_is_one_object_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings())
    log.info("mail_accepted", mail="1" * 32, says="用户")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"], event["mail"], event["says"]) == ("mail_accepted", "info", "1" * 32, "用户")
    assert event["timestamp"].endswith("Z")


def test_only_what_weighs_enough_is_written_and_a_reload_changes_that(capsys: pytest.CaptureFixture[str]) -> None:
    for level, expected in [("warning", ["two"]), ("debug", ["one", "two"]), ("error", [])]:
        set_up_logs(LogSettings(level=level, format="json"))  # type: ignore[arg-type]
        log.debug("one")
        log.warning("two")
        assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == expected


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "said",
    ["a\nb", "a\r\nb", "\x1b[2J", "\x9b2J", "\u2028", "\u202e", "\u2066", "a\x7f\x08b", "\ud800", "\ufeff", "\0"],
)
def test_what_a_peer_said_cannot_begin_a_line_or_drive_a_terminal(
    capsys: pytest.CaptureFixture[str], form: Form, said: str
) -> None:
    set_up_logs(LogSettings(format=form))
    log.info("peer_said", says=said)
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert all(character.isprintable() for character in written.removesuffix("\n"))
    if form == "json":
        assert json.loads(written)["says"] == said


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_traceback_shows_places_and_no_values(capsys: pytest.CaptureFixture[str], form: Form) -> None:
    """The fancy ones show the variables, and in them whole mails and passwords."""

    def break_down(secret: bytes) -> None:
        raise ZeroDivisionError(len(secret))

    set_up_logs(LogSettings(format=form))
    try:
        break_down(b"body of a mail")
    except ZeroDivisionError:
        log.exception("broke")
    written = capsys.readouterr().err
    assert "break_down" in written
    assert "ZeroDivisionError: 14" in written
    assert "body of a mail" not in written.replace('break_down(b"body of a mail")', "").replace(
        'break_down(b\\"body of a mail\\")', ""
    )


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_log_that_nobody_takes_does_not_stop_the_gate(form: Form) -> None:
    """A full disk, or a reader of standard error that has gone, would have ended keeper and supervisor."""
    done = subprocess.run([sys.executable, "-c", TALK_TO_NOBODY, form], stdout=subprocess.PIPE, timeout=60, check=True)
    assert done.stdout == b"alive\n"
