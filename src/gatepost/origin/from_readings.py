"""How different programs may read one From header: what quotes and comments hide from all of them, and what from some.

Standards: RFC 5322 §3.2.2 (comments), §3.2.4 (quoted strings), RFC 2047.
Trust: the text was written by a stranger who wants two programs to read two senders.
Fails: never; a quote or a comment that does not end is None. Linear in the length of the text.
"""

import re

from gatepost.message.encoded_words import decode_words
from gatepost.model.address import Domain
from gatepost.model.errors import BadAddress
from gatepost.origin.organisation import find_organisation

_HIDDEN = re.compile(  # what may hold an @ or a bracket that is not meant
    r"\"(?:[^\"\\]|\\.)*+\""
    r"|=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]*+\?=",
    re.DOTALL,
)
_COMMENT_PIECE = re.compile(r"\\.|[()]|[^\\()]++|\\", re.DOTALL)
_PLAIN = re.compile(r"[^\"=()]++|=")
_DOMAIN_AFTER_AT = re.compile(r"[^\s<>,;:()\"@]\s*+@\s*+([^\s\x00-,/:-@\[-^`{-\x7f]++)")


def split_readings(text: str) -> tuple[str, ...] | None:
    """Split From into comments, quoted strings, encoded words and the rest; None when one of them is broken."""
    pieces, position = list[str](), 0
    while position < len(text):  # every turn takes at least one of MAX_FROM_BYTES
        start = position
        if text[start] == "(":
            position = find_comment_end(text, start)
        else:
            piece = _HIDDEN.match(text, start) or _PLAIN.match(text, start)
            position = piece.end() if piece else -1
        if position < 0:
            return None
        pieces.append(text[start:position])
    return tuple(pieces)


def find_comment_end(text: str, start: int) -> int:
    """Give the place behind the comment that opens at `start`, -1 when it does not end."""
    depth = 0
    for piece in _COMMENT_PIECE.finditer(text, start):
        depth += (piece[0] == "(") - (piece[0] == ")")
        if not depth:
            return piece.end()
    return -1


def strip_hidden(pieces: tuple[str, ...]) -> str:
    """Take out what a program that follows the standards does not look for addresses in.

    >>> strip_hidden(('"Doe, Joe"', " <joe@example.com>", "(him)"))
    '_ <joe@example.com> '
    """
    return "".join(" " if piece[0] == "(" else "_" if _is_hidden(piece) else piece for piece in pieces)


def find_other_organisation(pieces: tuple[str, ...], domain: str) -> str:
    """Give the domain of an address in From that is not of the author's organisation, "" when there is none.

    Some programs read comments as text, and some do not know that a backslash keeps a quote open. A plain quoted name
    hides an address from all of them: that people see it there is for the checks of the display to tell.
    """
    for found in _DOMAIN_AFTER_AT.finditer(_join_exposed(pieces)):
        name = found[1].strip(".-")
        if "." in name and not _is_of_organisation(name, domain):
            return name
    return ""


def _join_exposed(pieces: tuple[str, ...]) -> str:
    quotes_shift = any(piece[0] == "(" and '"' in piece for piece in pieces)
    is_list = "," in strip_hidden(pieces)  # then an encoded word may be an address of its own to who decodes first
    return "".join(_expose(piece, quotes_shift=quotes_shift, is_list=is_list) for piece in pieces)


def _expose(piece: str, *, quotes_shift: bool, is_list: bool) -> str:
    if piece[0] == "(" or (is_list and piece.startswith("=?")):
        return decode_words(piece)
    is_safe = _is_hidden(piece) and not (piece[0] == '"' and (quotes_shift or "\\" in piece))
    return "_" if is_safe else piece


def _is_hidden(piece: str) -> bool:
    return piece[0] == '"' or piece.startswith("=?")


def _is_of_organisation(name: str, domain: str) -> bool:
    try:
        parsed = Domain.parse(name)
    except BadAddress:
        return False
    return find_organisation(parsed.name) == find_organisation(domain)
