from collections import Counter
from pathlib import Path

from bench.arrivals import describe_losses, empty_maildir, read_numbers


def _put(maildir: Path, name: str, content: bytes) -> None:
    (maildir / "new").mkdir(parents=True, exist_ok=True)
    (maildir / "new" / name).write_bytes(content)


def test_a_mail_is_found_by_its_number_behind_headers_that_were_put_in_front(tmp_path: Path) -> None:
    _put(tmp_path, "a", b"Received: x\r\nX-Bench-Number: 17\r\nSubject: s\r\n\r\nX")
    _put(tmp_path, "b", b"X-Bench-Number: 17\nSubject: s\n\nX")
    _put(tmp_path, "c", b"Subject: not ours\r\n\r\nX")
    assert read_numbers(tmp_path) == {17: 2}


def test_an_emptied_maildir_has_no_numbers(tmp_path: Path) -> None:
    _put(tmp_path, "a", b"X-Bench-Number: 1\r\n\r\n")
    empty_maildir(tmp_path)
    assert read_numbers(tmp_path) == {}


def test_nothing_is_told_when_each_mail_is_there_once() -> None:
    assert describe_losses([1, 2], Counter([1, 2, 3])) == ""
