"""A web address is written so that no program makes a link of it, and the reader is to put it together.

People who warn of dangerous sites write so as well (`hxxp://`, `example[.]com`), and so do people who hide their own
address from collectors: this weighs little by itself.
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_TEXT_CHARS = 10_000  # what the reader is to do stands near the beginning
MAX_FOUND = 20

SCHEME = Kind(
    "broken_up_address.scheme",
    Severity.ODD,
    1.0,
    "The text holds a web address whose beginning is spelled apart or wrong.",
)
DOTS = Kind(
    "broken_up_address.dots",
    Severity.NOTE,
    0.3,
    "The text holds a domain whose dots are written as words, in brackets or between blanks.",
)
KINDS: tuple[Kind, ...] = (SCHEME, DOTS)

_SUFFIX = (
    r"(?:com|net|org|info|biz|co|io|me|cc|cn|ru|top|xyz|site|online|shop|club|vip|icu|live|link|click|app|dev|de|uk|eu)"
)
_SCHEME_SIGNS = ("hxxp", "h**p", "h__p", "t t p", "t  t")
_SCHEME = re.compile(
    r"\b(?:hxxps?|h\*\*ps?|h__ps?)\s?:\s?/\s?/\s?[\w.\[\]-]{3,100}"
    r"|\bh\s{1,3}t\s{1,3}t\s{1,3}p(?:\s{1,3}s)?\s{0,3}:\s{0,3}/[\s/]{0,6}[\w.-]{1,100}"
)
_DOT_SIGNS = ("[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}", " dot ", "[点]", "（点）")
_DOTS = re.compile(
    r"(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}|(?<=[a-z0-9]) dot (?=[a-z])|(?<=[a-z0-9])(?:\[点\]|（点）))\s?"
    rf"{_SUFFIX}(?![\w@])"
)
_ALIKE = bytes.maketrans(b"[{]}*_", b"(())xx").lower()  # capitals, too: fewer signs are left to be looked for
_ALL_ALIKE = {b"dot", *(sign.encode().translate(_ALIKE) for sign in (*_SCHEME_SIGNS, *_DOT_SIGNS))}
_SIGNS_ALIKE = tuple(sign for sign in sorted(_ALL_ALIKE) if not any(other in sign for other in _ALL_ALIKE - {sign}))
_BEFORE = re.compile(r"[\w-]{2,63}\s?\Z")
_BEFORE_CHARS = 64


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look through the text."""
    text = case.message.text[:MAX_TEXT_CHARS]
    packed = text.encode("utf-8", "surrogatepass").translate(_ALIKE)  # faster than to make letters small
    if not any(map(packed.__contains__, _SIGNS_ALIKE)):
        return
    text = text.lower()
    has_scheme, has_dots = (any(sign in text for sign in signs) for signs in (_SCHEME_SIGNS, _DOT_SIGNS))
    schemes = [match[0] for match in islice(_SCHEME.finditer(text), MAX_FOUND)] if has_scheme else []
    matches = islice(_DOTS.finditer(text), MAX_FOUND) if has_dots else ()
    dots = [name for match in matches if (name := _read_name(text, match))]
    if schemes or dots:
        yield Feature("broken_up_address.count", len(schemes) + len(dots))
    for kind, found in ((SCHEME, schemes), (DOTS, dots)):
        if found:
            shown = quote(found[0])
            yield kind.seen(
                point_at(found[0]),
                says=f"An address is written so that no program recognises it: {shown}.",
                says_zh=f"邮件中的网址故意写成程序无法识别的形式：{shown}。",
            )


def _read_name(text: str, match: re.Match[str]) -> str:
    """Give the domain that is meant, "" where no name stands before the dot, or a mail address (`ann at b dot com`)."""
    before = _BEFORE.search(text, max(0, match.start() - _BEFORE_CHARS), match.start())
    front = text[max(0, match.start() - _BEFORE_CHARS) : before.start()].rstrip() if before else ""
    is_spoken = "dot" in match[0]
    if before is None or front.endswith(("(at)", "[at]", "@")) or (is_spoken and front.endswith(" at")):
        return ""
    return before[0] + match[0]
