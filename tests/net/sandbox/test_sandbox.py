"""Whatever a file does to the process that opens it, an answer comes in time, and the other files are opened."""

import time

import pytest

from gatepost.model.contents import OpenedFile, Opening
from gatepost.model.ports import FileToOpen, Keep, OpenOrder
from gatepost.net.sandbox.sandbox import Sandbox
from sandboxes import make_order as order


def said(file: OpenedFile) -> str:
    return file.traits[0].text


def test_every_file_of_a_mail_is_opened_at_one_desk(sandbox: Sandbox) -> None:
    first, second = sandbox.open(order("one", "two")).files
    assert (first.path, first.name, first.opening) == ("1", "one", Opening.OPENED)
    assert (said(first), said(second)) == ("1 a/b secret", "2 a/b secret")
    assert said(sandbox.open(order("other mail")).files[0]) == "1 a/b secret"


def test_bytes_come_back_where_the_order_asks_for_them(sandbox: Sandbox) -> None:
    content = bytes(range(256)) * 4_000
    assert sandbox.open(order("one", keep=Keep.ALL, content=content)).files[0].content == content
    assert sandbox.open(order("one", content=content)).files[0].content == b""


@pytest.mark.parametrize(
    ("attack", "opening", "how"),
    [
        ("abort", Opening.CRASHED, "SIGABRT"),
        ("segv", Opening.CRASHED, "SIGSEGV"),
        ("exit 0", Opening.CRASHED, "exit 0"),
        ("hang", Opening.TOO_SLOW, "too slow"),
        ("sleep 99", Opening.TOO_SLOW, "too slow"),
        ("memory-in-c", Opening.LIMIT, "SIGABRT"),
        ("exec", Opening.CRASHED, "SIGSYS"),
        ("lie path", Opening.CRASHED, "bad answer"),
        ("lie size", Opening.CRASHED, "bad answer"),
        ("lie trait", Opening.CRASHED, "bad answer"),
        ("lie content", Opening.CRASHED, "bad answer"),
        ("lie inner", Opening.CRASHED, "bad answer"),
    ],
)
def test_what_a_file_does_is_told_and_the_others_are_opened(
    sandbox: Sandbox, attack: str, opening: Opening, how: str
) -> None:
    before, bad, after = sandbox.open(order("one", attack, "two")).files
    assert (bad.opening, said(bad)) == (opening, how)
    assert before.opening is after.opening is Opening.OPENED


def test_a_mail_may_end_a_few_children_and_no_more(sandbox: Sandbox) -> None:
    files = sandbox.open(order(*["abort"] * 30, "one")).files
    assert [file.opening for file in files] == [Opening.CRASHED] * 31
    assert [file.traits[0].code for file in files[:4]] == ["opening.died"] * 3 + ["opening.given-up"]
    assert sandbox.open(order("next mail")).files[0].opening is Opening.OPENED


def test_nothing_takes_longer_than_the_deadline(sandbox: Sandbox) -> None:
    started_s = time.monotonic()
    files = sandbox.open(order("hang", "sleep 99", "hang", "one")).files
    assert time.monotonic() - started_s < 5
    assert {file.opening for file in files} <= {Opening.TOO_SLOW, Opening.CRASHED}


def test_a_file_too_large_stays_closed_and_is_not_even_sent(sandbox: Sandbox) -> None:
    large, small = sandbox.open(
        OpenOrder((FileToOpen("1", "a", bytes(9 * 1024 * 1024)), FileToOpen("2", "b", b"x")))
    ).files
    assert (large.opening, small.opening) == (Opening.LIMIT, Opening.OPENED)
