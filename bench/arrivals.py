"""Look for mails after they were accepted: each must lie in the Maildir exactly once."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench.load import NUMBER_HEADER

HEAD_BYTES = 16_384  # our own headers, then the number's

_NUMBER = re.compile(rb"^" + re.escape(NUMBER_HEADER) + rb"(\d+)\r?$", re.MULTILINE)


def read_numbers(maildir: Path) -> Counter[int]:
    """Give how often each numbered mail lies in a Maildir."""
    counts: Counter[int] = Counter()
    for path in (maildir / "new").iterdir():
        with path.open("rb") as file:
            found = _NUMBER.search(file.read(HEAD_BYTES))
        if found:
            counts[int(found[1])] += 1
    return counts


def empty_maildir(maildir: Path) -> None:
    """Forget the mails of the last round, so that numbers can be used again."""
    for path in (maildir / "new").iterdir():
        path.unlink()


def describe_losses(accepted: Iterable[int], found: Counter[int]) -> str:
    """Say which accepted mails are not there exactly once, "" when all are.

    >>> describe_losses([1, 2, 3], Counter({1: 1, 2: 2}))
    '1 missing, 1 more than once'
    """
    missing = sum(1 for number in accepted if found[number] == 0)
    repeated = sum(1 for number in accepted if found[number] > 1)
    told = ((missing, "missing"), (repeated, "more than once"))
    return ", ".join(f"{count} {what}" for count, what in told if count)
