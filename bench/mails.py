"""Real mails to measure with: a sample over all sources of the development corpus, each by its share.

Trust: these are hostile mails; they are read as bytes, sent over loopback, and never opened.
"""

import csv
import functools
import os
import random
import re
import tarfile
from collections import defaultdict
from pathlib import Path

import zstandard

from bench.row import Unmeasurable

CORPUS = Path(os.environ.get("GATEPOST_CORPUS", Path(__file__).parents[2] / "shared" / "data" / "corpus"))
SEED = 5321
MAX_WINDOW_BYTES = 1 << 28  # the archives are packed with --long=27

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@functools.cache
def sample_mails(count: int) -> tuple[bytes, ...]:
    """Give about `count` mails in mixed order, the same ones in every run; raise Unmeasurable without a corpus."""
    if not (CORPUS / "manifest.csv").is_file():
        raise Unmeasurable(f"the mail corpus is not at {CORPUS}; set GATEPOST_CORPUS to its folder")
    with (CORPUS / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        files = [(row["source"], row["file"]) for row in csv.DictReader(manifest)]
    dice = random.Random(SEED)  # noqa: S311 - a repeatable sample, no secret
    by_archive = defaultdict(set)
    for file in choose_by_share(files, count, dice):
        by_archive[file.split("/")[0]].add(file)
    mails = [mail for archive, wanted in sorted(by_archive.items()) for mail in _read_archive(archive, wanted)]
    dice.shuffle(mails)
    return tuple(mails)


def choose_by_share(files: list[tuple[str, str]], count: int, dice: random.Random) -> list[str]:
    """Choose from (source, file) pairs so that each source has its share, and at least one file."""
    by_source = defaultdict(list)
    for source, file in files:
        by_source[source].append(file)
    return [
        file
        for _, group in sorted(by_source.items())
        for file in dice.sample(sorted(group), min(len(group), max(1, round(count * len(group) / len(files)))))
    ]


def _read_archive(archive: str, wanted: set[str]) -> list[bytes]:
    unpacker = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES)
    found = []
    with (
        (CORPUS / f"{archive}.tar.zst").open("rb") as packed,
        unpacker.stream_reader(packed) as stream,
        tarfile.open(fileobj=stream, mode="r|") as tar,
    ):
        for member in tar:
            content = tar.extractfile(member) if member.name in wanted else None
            if content is not None:
                found.append(content.read())
    return found


def prepare_data(raw: bytes) -> bytes:
    r"""Give the bytes that follow the 354 reply: CRLF only, no NUL, dots doubled, end of data (RFC 5321 §4.5.2).

    >>> prepare_data(b"A: 1\n\n.hidden\r\nlast")
    b'A: 1\r\n\r\n..hidden\r\nlast\r\n.\r\n'
    """
    lines = _LINE_END.sub(b"\r\n", raw.replace(b"\0", b""))
    ended = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return _LEADING_DOT.sub(b"..", ended) + b".\r\n"


def make_plain_mail(size_bytes: int) -> bytes:
    """Give a mail of `size_bytes` as smtp-source would: headers, then lines of one letter."""
    head = b"From: <sender@client.test>\r\nTo: <reader@bench.test>\r\nSubject: load\r\n"
    head += b"Date: Tue, 24 Nov 2026 09:00:00 +0000\r\n\r\n"
    line = b"X" * 78 + b"\r\n"
    body = line * (size_bytes // len(line) + 1)
    return head + body[: size_bytes - len(head) - 2] + b"\r\n"
