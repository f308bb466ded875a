"""Quote from a mail: short, on one line, and without characters that could mislead the reader of the quotation.

Trust: the text was written by a stranger; what is quoted may be shown in a page, a terminal or a mail.
"""

import re

from gatepost.model.finding import Evidence, Span

MAX_QUOTE_CHARS = 60
MAX_EVIDENCE_CHARS = 200

# Control characters, invisible and direction-changing format characters, line ends of all kinds, lone surrogates.
_MISLEADING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]+"
)


def quote(text: str) -> str:
    r"""Give a piece of a mail for a sentence.

    >>> quote("Pay\u202ePal\r\n Service")
    'Pay Pal Service'
    """
    return _shorten(text, MAX_QUOTE_CHARS)


def point_at(text: str, span: Span | None = None, file: str = "") -> Evidence:
    """Give evidence: what stands there and where; `file` is the path of a file in the mail (model/contents.py)."""
    return Evidence(_shorten(text, MAX_EVIDENCE_CHARS), span, file)


def _shorten(text: str, limit: int) -> str:
    line = " ".join(_MISLEADING.sub(" ", text[: limit * 4]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
