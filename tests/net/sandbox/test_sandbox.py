"""Whatever a file does to the process that opens it, an answer comes in time, and the other files are opened."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from doubles import FakeCounters
from forked import run_forked
from gatepost.model.contents import NO_CONTENTS, OpenedFile, Opening
from gatepost.model.ports import FileToOpen, Keep, OpenOrder
from gatepost.net.sandbox.home import MEGABYTE
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.net.sandbox.settings import OpenSettings
from sandboxes import HOSTILE, SMALL, Reports, ask, find_nurseries, wait_until
from sandboxes import make_order as order

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


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
        ("exit 71", Opening.LIMIT, "exit 71"),
        ("hang", Opening.TOO_SLOW, "too slow"),
        ("sleep 99", Opening.TOO_SLOW, "too slow"),
        ("memory-in-c", Opening.LIMIT, "SIGABRT"),
        ("exec", Opening.CRASHED, "SIGSYS"),
        ("close-stream", Opening.CRASHED, "gone"),
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


def test_all_that_is_said_of_one_mail_has_a_limit(sandbox: Sandbox) -> None:
    files = sandbox.open(order(*(f"talk {number}" for number in range(1, 31)))).files
    assert [file.opening for file in files] == [Opening.OPENED] * 2 + [Opening.LIMIT] * 28
    assert {trait.code for file in files[2:] for trait in file.traits} == {"opening.unseen"}
    assert sandbox.open(order("talk 1")).files[0].opening is Opening.OPENED


def test_all_bytes_that_come_back_for_one_mail_have_a_limit(sandbox: Sandbox) -> None:
    content = bytes(3 * MEGABYTE)
    for keep, count in ((Keep.NOTHING, 0), (Keep.UNLOCKED, 2), (Keep.ALL, 10)):
        files = sandbox.open(order(*["one"] * 15, keep=keep, content=content)).files
        assert {file.opening for file in files} == {Opening.OPENED}
        assert sum(len(file.content) for file in files) == count * len(content)


def test_a_mail_may_end_a_few_children_and_no_more(sandbox: Sandbox) -> None:
    files = sandbox.open(order(*["abort"] * 30, "one")).files
    assert [file.opening for file in files] == [Opening.CRASHED] * 31
    assert [file.traits[0].code for file in files[:4]] == ["opening.died"] * 3 + ["opening.given-up"]
    assert sandbox.open(order("next mail")).files[0].opening is Opening.OPENED


def test_a_file_cannot_make_the_nursery_wait_by_how_it_ends_a_child(sandbox: Sandbox) -> None:
    started_s = time.monotonic()
    for _ in range(12):
        assert sandbox.open(order("exit 70")).files[0].opening is Opening.CRASHED
    assert time.monotonic() - started_s < 10


def test_nothing_takes_longer_than_the_deadline(sandbox: Sandbox) -> None:
    started_s = time.monotonic()
    files = sandbox.open(order("hang", "sleep 99", "hang", "one")).files
    assert time.monotonic() - started_s < SMALL.deadline_s + 3
    assert {file.opening for file in files} <= {Opening.TOO_SLOW, Opening.CRASHED}


@pytest.mark.parametrize("attack", ["hang", "ignore-alarm"])
def test_all_children_that_one_mail_costs_take_no_more_than_its_time_together(sandbox: Sandbox, attack: str) -> None:
    assert ask(sandbox, "one")
    (nursery,) = find_nurseries()
    before_s, started_s = measure_children_s(nursery), time.monotonic()
    files = sandbox.open(order(*[attack] * 10)).files
    assert time.monotonic() - started_s < SMALL.deadline_s + 3
    assert [file.traits[0].code for file in files] == ["opening.died"] * 3 + ["opening.given-up"] * 7
    wait_until(lambda: measure_children_s(nursery) > before_s)
    assert measure_children_s(nursery) - before_s < SMALL.deadline_s + 3


def measure_children_s(pid: int) -> float:
    """Give the processor time of all children of a process that have ended (proc(5), stat: cutime and cstime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def test_a_mail_that_has_used_up_its_own_time_is_not_put_off(reports: Reports) -> None:
    sandbox = Sandbox(OpenSettings(children=1, deadline_s=2, memory_mb=256), reports, desks=HOSTILE)
    assert ask(sandbox, "one")
    (nursery,) = find_nurseries()
    os.kill(nursery, signal.SIGSTOP)  # it makes no other child
    died, left = sandbox.open(order("abort", "one")).files
    os.kill(nursery, signal.SIGCONT)
    sandbox.close()
    assert (died.traits[0].code, left.traits[0].code) == ("opening.died", "opening.given-up")


def test_a_file_too_large_stays_closed_and_is_not_even_sent(sandbox: Sandbox) -> None:
    large, small = sandbox.open(
        OpenOrder((FileToOpen("1", "a", bytes(9 * 1024 * 1024)), FileToOpen("2", "b", b"x")))
    ).files
    assert (large.opening, small.opening) == (Opening.LIMIT, Opening.OPENED)


def test_mails_at_the_same_time_get_their_own_answers(sandbox: Sandbox) -> None:
    def open_some(thread: int) -> list[bool]:
        answers = []
        for number in range(30):
            content = b"%d %d " % (thread, number) * 1_000
            answers.append(sandbox.open(order("one", keep=Keep.ALL, content=content)).files[0].content == content)
        return answers

    with ThreadPoolExecutor(8) as threads:
        assert all(all(answers) for answers in threads.map(open_some, range(8)))


def test_who_finds_no_child_free_for_too_long_is_told_so(reports: Reports) -> None:
    settings = OpenSettings(children=1, wait_s=0.4, memory_mb=256)
    sandbox = Sandbox(settings, reports, desks=HOSTILE)
    assert sandbox.open(order("one")).files[0].opening is Opening.OPENED
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: sandbox.open(order("sleep 0.9")).files[0], range(2))
    sandbox.close()
    assert sorted([first.opening, second.opening]) == [Opening.OPENED, Opening.TOO_SLOW]


def test_a_process_that_is_forked_from_ours_has_a_sandbox_of_its_own(sandbox: Sandbox) -> None:
    assert ask(sandbox, "one") == "1 a/b secret"
    before = find_nurseries()

    def live() -> tuple[str, int]:
        answer = ask(sandbox, "two"), len(find_nurseries())
        sandbox.close()
        return answer

    assert run_forked(live) == ("1 a/b secret", 1)
    assert ask(sandbox, "three") == "1 a/b secret"
    assert find_nurseries() == before


def test_a_mail_without_files_starts_nothing(sandbox: Sandbox) -> None:
    assert sandbox.open(OpenOrder(())) == NO_CONTENTS
    assert find_nurseries() == []


def test_names_that_no_text_can_say_and_words_without_end_are_sent_all_the_same(sandbox: Sandbox) -> None:
    files = (FileToOpen("1", "\udcff" * 10_000, b"x", "\ud800" * 10_000),)
    (file,) = sandbox.open(OpenOrder(files, tuple("\udfff" * 10_000 for _ in range(1_000)))).files
    assert file.opening is Opening.OPENED
    assert file.name == "\udcff" * 500


def test_files_that_stay_closed_are_known_by_their_hash(sandbox: Sandbox) -> None:
    assert sandbox.open(order("abort")).files[0].sha256 == sha256(b"x").hexdigest()


def test_numbers_are_kept_of_files_and_of_those_that_broke_a_child() -> None:
    counters = FakeCounters()
    sandbox = Sandbox(SMALL, counters=counters, desks=HOSTILE)
    sandbox.open(order("one", "abort", "two"))
    sandbox.close()
    assert counters.numbers["files_opened_total"] == 3
    assert counters.numbers["files_broke_sandbox_total"] == 1


def test_a_child_is_replaced_after_so_many_mails(reports: Reports) -> None:
    sandbox = Sandbox(OpenSettings(children=1, mails_per_child=2, memory_mb=256), reports, desks=HOSTILE)
    pids = [ask(sandbox, "pid") for _ in range(4)]
    sandbox.close()
    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert reports.of("sandbox_child_died") == []
