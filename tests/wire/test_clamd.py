import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.wire.clamd import MAX_SIGNATURE_CHARS, ClamdVersion, open_stream, parse_answer, parse_version

UNANSWERED = AntivirusAnswer(Scanned.UNANSWERED)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (b"stream: OK\0", AntivirusAnswer(Scanned.CLEAN)),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", AntivirusAnswer(Scanned.FOUND, "Win.Test.EICAR_HDB-1")),
        (b"INSTREAM size limit exceeded. ERROR\0", AntivirusAnswer(Scanned.TOO_LARGE)),
        (b"stream: Can't allocate memory ERROR\0", UNANSWERED),
        (b"stream: ", UNANSWERED),
        (b"", UNANSWERED),
        (b"\0stream: OK\0", UNANSWERED),
        (b"stream: A FOUND\nstream: OK\0", UNANSWERED),
    ],
)
def test_answers_are_read(said: bytes, means: AntivirusAnswer) -> None:
    assert parse_answer(said) == means


@given(st.binary() | st.binary().map(lambda name: b"stream: " + name + b" FOUND\0"))
def test_any_answer_means_something_and_no_name_is_long_or_broken(said: bytes) -> None:
    answer = parse_answer(said)
    assert len(answer.signature) <= MAX_SIGNATURE_CHARS
    assert not set(answer.signature) & set("\r\n\0 ")
    assert bool(answer.signature) == (answer.outcome is Scanned.FOUND)


def test_only_the_one_word_for_clean_means_clean() -> None:
    for said in (b"OK\0", b"stream: OK FOUND\0", b"stream: ok\0", b"1: stream: OK\0", b"stream: OK ERROR\0"):
        assert parse_answer(said).outcome is not Scanned.CLEAN


def test_the_age_of_the_database_is_read() -> None:
    version = parse_version(b"ClamAV 1.4.3/27500/Thu Jan  8 09:01:02 2026\0")
    assert version is not None
    assert (version.program, version.database) == ("1.4.3", 27500)
    assert version.database_at is not None
    assert version.database_at.isoformat() == "2026-01-08T09:01:02+00:00"


def test_a_clamd_without_the_official_database_has_no_age() -> None:
    assert parse_version(b"ClamAV 1.4.3\0") == ClamdVersion("1.4.3")


@given(
    st.binary() | st.from_regex(rb"ClamAV [0-9.]{1,9}/[0-9]{1,5}/\w{3} \w{3} \d\d \d\d:\d\d:\d\d \d{4}", fullmatch=True)
)
def test_any_version_is_read_or_not(said: bytes) -> None:
    version = parse_version(said)
    assert version is None or version.program


def test_an_empty_stream_has_no_chunk() -> None:
    assert open_stream(0) == b"zINSTREAM\0"
    assert open_stream(3) == b"zINSTREAM\0\0\0\0\3"
