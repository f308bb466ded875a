import random
import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bench.hostile import make_hostile_mails
from bench.mails import choose_by_share, make_plain_mail, prepare_data, sample_mails
from paths import needs_shared


@given(st.binary())
def test_whatever_a_mail_holds_only_its_end_ends_the_data(raw: bytes) -> None:
    data = prepare_data(raw)
    assert data.endswith(b"\r\n.\r\n") or data == b"\r\n.\r\n"
    assert data.find(b"\r\n.\r\n") == len(data) - 5
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_a_plain_mail_has_the_size_asked_for_and_no_long_line() -> None:
    mail = make_plain_mail(9_000)
    assert len(mail) == 9_000
    assert max(map(len, mail.split(b"\r\n"))) <= 78


def _dice() -> random.Random:
    return random.Random(1)


def test_each_source_has_its_share_and_none_is_left_out() -> None:
    files = [("many", f"many/{n}") for n in range(900)] + [("few", f"few/{n}") for n in range(99)] + [("one", "one/0")]
    chosen = choose_by_share(files, 100, _dice())
    assert Counter(re.split("/", file)[0] for file in chosen) == {"many": 90, "few": 10, "one": 1}
    assert chosen == choose_by_share(files, 100, _dice())


@needs_shared
def test_the_corpus_gives_the_mails_that_were_asked_for() -> None:
    mails = sample_mails(40)
    assert 35 <= len(mails) <= 45
    assert all(mails)


def test_hostile_mails_are_mails_of_moderate_size() -> None:
    for name, raw in make_hostile_mails().items():
        assert raw.startswith(b"From: "), name
        assert len(raw) < 3_000_000, name
