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
MAX_TOKENS = 100_000  # of one header

_TOKEN = re.compile(
    r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*+\?="  # an encoded word may hold commas and brackets
    r"|\"(?:[^\"\\]|\\.)*+\""
    r"|<[^<>]*+>"
    r"|[(),;:<>\"]|\s++|[^\s\"(),;:<>]++",
    re.DOTALL,
)
_COMMENT_TOKEN = re.compile(r"\\.|[()]|[^\\()]++|\\", re.DOTALL)
_COMMENT = re.compile(r"\([^()]*+\)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class _Draft:
    """The mailbox being read."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    address: str | None = None


@dataclass(slots=True)
class _Reader:
    """Reads one header from left to right; a quote or comment without end is taken as a plain character, once."""

    text: str
    header: Header
    found: list[Mailbox] = field(default_factory=list)
    draft: _Draft = field(default_factory=_Draft)
    position: int = 0
    quotes_are_broken: bool = False
    comments_are_broken: bool = False

    def read(self) -> tuple[Mailbox, ...]:
        for _ in range(MAX_TOKENS):
            if self.position >= len(self.text) or len(self.found) >= MAX_MAILBOXES:
                break
            self._take(self._next_token())
        self._finish()
        return tuple(self.found)

    def _next_token(self) -> str:
        start = self.position
        first = self.text[start]
        token = None if first == '"' and self.quotes_are_broken else _TOKEN.match(self.text, start)
        word = token[0] if token else first
        if word == '"':
            self.quotes_are_broken = True
        self.position = start + len(word)
        return word

    def _take(self, word: str) -> None:
        draft = self.draft
        if word == "(" and not self.comments_are_broken:
            self._take_comment()
        elif word in (",", ";"):
            self._finish()
        elif word == ":" and draft.address is None and not any("@" in seen for seen in draft.words):
            self.draft = _Draft()  # what stood before was a group's name
        elif word[0] == "<" and len(word) > 1:
            if draft.address is not None:
                self._finish()
            self.draft.address = _clean_address(word[1:-1])
        else:
            draft.words.append(word)

    def _take_comment(self) -> None:
        comment, end = _read_comment(self.text, self.position)
        if end < 0:
            self.comments_are_broken = True
            self.draft.words.append("(")
        else:
            self.draft.comments.append(comment)
            self.position = end

    def _finish(self) -> None:
        draft, self.draft = self.draft, _Draft()
        name = _read_name(draft.words)
        comment = _squeeze(decode_words(" ".join(draft.comments)))
        if draft.address is None and "@" in name:
            self._add(comment, _clean_address("".join(draft.words)))
        elif name or draft.address or comment:
            self._add(name or comment, draft.address or "")

    def _add(self, name: str, address: str) -> None:
        self.found.append(Mailbox(name, address, self.header.span))


def parse_mailboxes(header: Header) -> tuple[Mailbox, ...]:
    """Give the mailboxes of one address header, those of groups included."""
    return _Reader(guess_text(unfold(header.value)), header).read()


def _read_comment(text: str, position: int) -> tuple[str, int]:
    """Give the text of the comment that was opened before `position`, and where it ends, -1 when nowhere."""
    depth, pieces = 1, list[str]()
    for token in _COMMENT_TOKEN.finditer(text, position):
        word = token[0]
        depth += (word == "(") - (word == ")")
        if not depth:
            return "".join(pieces), token.end()
        pieces.append(word[1:] if word[0] == "\\" else word)
    return "", -1


def _read_name(words: list[str]) -> str:
    return _squeeze(decode_words("".join(map(_unquote, words))))


def _unquote(word: str) -> str:
    return _ESCAPED.sub(r"\1", word[1:-1]) if len(word) > 1 and word[0] == word[-1] == '"' else word


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _clean_address(text: str) -> str:
    """Drop a route (`@a,@b:user@c`), comments, and the blanks that folding leaves around dots and the @."""
    text = _COMMENT.sub("", text) if "(" in text else text
    text = text.strip()
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    if text.startswith('"'):
        local_part, at, domain = text.rpartition("@")
        return f"{local_part.rstrip()}{at}{''.join(domain.split())}"
    return "".join(text.split())
