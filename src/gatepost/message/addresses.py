"""Read address headers: groups, comments, quoted names, routes, and the broken forms of real mail.

Standards: RFC 5322 §3.4 and §4.4 (obsolete forms), RFC 6532.
Trust: the bytes come from the mail's author.
Fails: never; what is no address is given as a display name with address "". Linear in the length of the value.
"""

import re
from dataclasses import dataclass, field

from gatepost.message.charset import guess_text
from gatepost.message.encoded_words import decode_words, unfold
from gatepost.message.pieces import Header, Mailbox

MAX_MAILBOXES = 2_000  # of one header

_TOKEN = re.compile(
    r"\"(?:[^\"\\]|\\.)*+\"|<[^<>]*+>|[(),;:<>\"]|\s++|[^\s\"(),;:<>]++",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_COMMENT_TOKEN = re.compile(r"\\.|[()]|[^\\()]++|\\", re.DOTALL)
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class _Draft:
    """The mailbox being read."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    address: str | None = None


def parse_mailboxes(header: Header) -> tuple[Mailbox, ...]:
    """Give the mailboxes of one address header, those of groups included."""
    text = guess_text(unfold(header.value))
    found: list[Mailbox] = []
    draft, position = _Draft(), 0
    while position < len(text) and len(found) < MAX_MAILBOXES:
        token = _TOKEN.match(text, position)
        if token is None:
            break
        word, position = token[0], token.end()
        if word == "(":
            comment, position = _read_comment(text, position)
            draft.comments.append(comment)
        elif word in (",", ";"):
            _finish(draft, header, found)
            draft = _Draft()
        elif word == ":" and draft.address is None and not any("@" in seen for seen in draft.words):
            draft = _Draft()
        elif word[0] == "<" and len(word) > 1:
            draft.address = _clean_address(word[1:-1])
        else:
            draft.words.append(word)
    _finish(draft, header, found)
    return tuple(found)


def _read_comment(text: str, position: int) -> tuple[str, int]:
    depth, pieces = 1, list[str]()
    for token in _COMMENT_TOKEN.finditer(text, position):
        word = token[0]
        depth += (word == "(") - (word == ")")
        if not depth:
            return "".join(pieces), token.end()
        pieces.append(word[1:] if word[0] == "\\" else word)
    return "".join(pieces), len(text)


def _finish(draft: _Draft, header: Header, found: list[Mailbox]) -> None:
    words = "".join(draft.words).strip()
    comment = decode_words(_SPACE.sub(" ", " ".join(draft.comments)).strip())
    if draft.address is None and "@" in words and "=?" not in words:
        found.append(Mailbox(comment, _clean_address(words), header.span))
    elif words or draft.address or comment:
        name = _read_name(draft.words)
        found.append(Mailbox(name or comment, draft.address or "", header.span))


def _read_name(words: list[str]) -> str:
    pieces = [_ESCAPED.sub(r"\1", word[1:-1]) if word[0] == '"' and len(word) > 1 else word for word in words]
    return _SPACE.sub(" ", decode_words("".join(pieces))).strip()


def _clean_address(text: str) -> str:
    """Drop a route (`@a,@b:user@c`), comments and the blanks around dots and the @."""
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    if "(" in text:
        text = re.sub(r"\([^()]*\)?", "", text)
    if text.startswith('"'):
        return text.strip()
    return _SPACE.sub("", text)
