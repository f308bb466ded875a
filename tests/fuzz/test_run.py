"""How a run of the fuzzer ended is told by what libFuzzer said; a crash of a library is no failure of ours."""

import pytest

from fuzz.run import FAILURES, Ending, Outcome, describe, main, read_outcome

DONE = "#2 INITED\n#300\tpulse  cov: 5\nDone 512 runs in 16 second(s)\nstat::number_of_executed_units: 512\n"
TRACE = "Traceback (most recent call last):\n    raise TooSlowError(took_s)\n"
RAISED = " === Uncaught Python exception: ===\n{}\nTraceback\n==7== ERROR: libFuzzer: fuzz target exited\n"
KEPT = "artifact_prefix='./'; Test unit written to build/fuzz/mail/crash-1\nstat::number_of_executed_units: 99\n"
DIED = "==7== ERROR: libFuzzer: {}\n"


@pytest.mark.parametrize(
    ("words", "status", "ending", "is_failure"),
    [
        (DONE, 0, Ending.DONE, False),
        (RAISED.format("AssertionError: "), 77, Ending.RAISED, True),
        (RAISED.format("KeyError: 1") + TRACE, 77, Ending.RAISED, True),
        (RAISED.format("TooSlowError: 6.1 s for 12 bytes"), 77, Ending.TOO_SLOW, True),
        (DIED.format("timeout after 61 seconds"), 70, Ending.TOO_SLOW, True),
        (DIED.format("out-of-memory (used: 2049Mb; limit: 2048Mb)"), 71, Ending.MEMORY, True),
        (DIED.format("deadly signal"), 77, Ending.CRASH, False),
        ("", -11, Ending.CRASH, False),
        ("#2 INITED\n", 0, Ending.CRASH, False),
        ("#2 INITED\n", -9, Ending.TOO_SLOW, True),
        ("ModuleNotFoundError: No module named 'atheris'\n", 1, Ending.BROKEN, True),
    ],
)
def test_the_end_of_a_run_is_told(words: str, status: int, ending: Ending, is_failure: bool) -> None:
    outcome = read_outcome(words, status)
    assert outcome.ending is ending
    assert (outcome.ending in FAILURES) is is_failure


def test_runs_words_and_the_file_that_did_it_are_read() -> None:
    words = "caught OSError in a.py:1 f: caught-1\n" + RAISED.format("KeyError: 'x'") + KEPT
    assert read_outcome(words, 77) == Outcome(
        Ending.RAISED, 99, "KeyError: 'x'", "build/fuzz/mail/crash-1", ("OSError in a.py:1 f: caught-1",)
    )


def test_a_target_is_described_with_all_that_was_found() -> None:
    told = describe("mail", [Outcome(Ending.CRASH, 9, "status 77", "crash-1"), Outcome(Ending.DONE, 2_000)])
    assert [line.strip() for line in told.splitlines()] == [
        "mail                          2,009 runs",
        "crash of the child: status 77 crash-1",
    ]


def test_a_target_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["open_sesame"])
    assert "open_sesame" in capsys.readouterr().err
