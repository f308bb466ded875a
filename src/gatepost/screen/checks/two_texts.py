"""The mail holds two texts, plain and HTML, of which a program shows one, and they say different things.

Filters that read the plain text and readers who see the HTML then judge different mails. Plain texts that only ask to
open the mail in a browser are short and usual.

Features: `only_plain` and `only_html` (which share of the words of one text is missing in the other, 0 to 1; 0 where it
says little).
"""

import itertools
import re
from collections.abc import Iterator

from gatepost.message.text import read_plain_text
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.exchange import exchange_letters, exchange_words
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at
from gatepost.screen.skeleton import keep_foreign
from gatepost.screen.themes import split_words

MAX_TEXT_CHARS = 5_000
LONG_WORDS = 300  # as many as a text has that may have been cut
MIN_WORDS = 25  # distinct ones, of a text that says something
MIN_MISSING_SHARE = 0.8
MIN_LETTERS = 4  # of a word that carries meaning

DIFFER = Kind(
    "two_texts.differ", Severity.SUSPECT, 2.0, "The plain text and the HTML of the mail have hardly a word in common."
)
KINDS: tuple[Kind, ...] = (DIFFER,)

_EITHER = "multipart/alternative"
_HAN = re.compile("[\u3400-\u9fff]{2,200}")
_SPACES = bytes.maketrans(b"\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f", b" " * 9)
_MARKS = bytes.maketrans(b"@", b"/")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Compare the words of the two texts."""
    message = case.message
    plain = next((part for part in message.text_parts if part.content_type == "text/plain"), None)
    if plain is None or plain.parent_type != _EITHER or not message.html:
        return
    text, view = read_plain_text(plain.text, plain.parameters), message.html[0]
    plain_words, html_words = _read_words(text), _read_words(view.text)
    only_plain = _measure_missing(_take_sure(plain_words), html_words)
    only_html = _measure_missing(_take_sure(html_words), plain_words)
    yield Feature("two_texts.only_plain", only_plain)
    yield Feature("two_texts.only_html", only_html)
    if min(only_plain, only_html) >= MIN_MISSING_SHARE:
        yield DIFFER.seen(
            point_at(text, plain.body_span),
            point_at(view.text, view.span),
            says="The mail holds two texts that say different things; programs show the one or the other.",
            says_zh="邮件含有两份内容不同的正文，不同软件会显示其中之一。",
        )


def _take_sure(words: list[bytes | str]) -> list[bytes | str]:
    """Give the first half of a text that was cut: what follows may stand in the part of the other that was cut."""
    return words[: len(words) // 2] if len(words) >= LONG_WORDS else words


def _measure_missing(words: list[bytes | str], other: list[bytes | str]) -> float:
    """Give which share of the distinct words of one text is missing in the other; 0 where it says little."""
    distinct = set(words)
    if len(distinct) < MIN_WORDS:
        return 0.0
    return len(distinct.difference(other)) / len(distinct)


def _read_words(text: str) -> list[bytes | str]:
    """Give the longer words without URLs and addresses, which stand differently in HTML; of Han each pair."""
    said = _drop_addresses(text[:MAX_TEXT_CHARS])
    words: list[bytes | str] = [word for word in split_words(said) if len(word) >= MIN_LETTERS]
    if _HAN.search(keep_foreign(said)):
        words += ("".join(pair) for run in _HAN.findall(said) for pair in itertools.pairwise(run))
    return words


def _drop_addresses(text: str) -> str:
    """Leave out every word that holds a slash or an @."""
    if "/" not in text and "@" not in text:
        return text
    if not text.isascii():
        text = exchange_letters(text, keep_foreign(text), _write_gap)
    packed = text.encode("utf-8", "surrogatepass").translate(_SPACES)
    return exchange_words(packed, _MARKS, b"", _is_meant).decode("utf-8", "surrogatepass")


def _write_gap(letter: str) -> str:
    return " " if letter.isspace() else letter


def _is_meant(text: bytes, place: int) -> bool:  # noqa: ARG001 - every mark is
    return True
