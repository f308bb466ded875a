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
_ATOM = r"[^\s\"\\<>(),;:@=\[\]]"
_USUAL = re.compile(  # one mailbox as nearly all are written; it says nothing that the reader would not read
    rf"(?:\"([^\"\\<>(),;:@=]*+)\"\s*|([^\"\\<>(),;:@=]*+))<({_ATOM}++@{_ATOM}++)>|({_ATOM}++@{_ATOM}++)"
)
_NAME_COMMA = ", "  # in the words of a name
_COMMENT_TOKEN = re.compile(r"\\.|[()]|[^\\()]++|\\", re.DOTALL)
_COMMENT = re.compile(r"\([^()]*+\)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class _Reader:
    """Reads one header from left to right; a quote or comment without end is taken as a plain character, once."""

    text: str
    header: Header
    found: list[Mailbox] = field(default_factory=list)
    words: list[str] = field(default_factory=list)  # of the mailbox being read
    comments: list[str] = field(default_factory=list)
    address: str | None = None  # what stood in angle brackets
    holds_bare_address: bool = False
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
        if word == "(" and not self.comments_are_broken:
            self._take_comment()
        elif word in (",", ";"):
            if self._is_only_a_name():
                self.words.append(_NAME_COMMA)  # `Doe, Jane <jane@example.org>`: clients show it as one
            else:
                self._finish()
        elif word == ":" and self._is_only_a_name():
            self._clear()  # what stood before was a group's name
        elif word[0] == "<" and len(word) > 1:
            if self.address is not None:
                self._finish()
            self.address = _clean_address(word[1:-1])
        else:
            self._take_word(word)

    def _take_comment(self) -> None:
        comment, end = _read_comment(self.text, self.position)
        if end < 0:
            self.comments_are_broken = True
            self.words.append("(")
        else:
            self.comments.append(comment)
            self.position = end

    def _take_word(self, word: str) -> None:
        self.words.append(word)
        self.holds_bare_address = self.holds_bare_address or ("@" in word and word[0] not in '"=')

    def _is_only_a_name(self) -> bool:
        return self.address is None and not self.holds_bare_address

    def _finish(self) -> None:
        comment = _squeeze(decode_words(" ".join(self.comments)))
        name = _read_name(self.words)
        if self.address is not None:
            self._add(name or comment, self.address)
        elif not self._is_only_a_name():
            self._add_bare(comment)
        elif name and comment and " " not in name:
            self._add(comment, name)  # `joe (Joe Public)`: a local address of old
        else:
            self._add(name or comment, "")
        self._clear()

    def _add_bare(self, comment: str) -> None:
        """Take in an address without brackets; names before a comma were mailboxes of their own."""
        words = self.words
        start = max((index + 1 for index, word in enumerate(words) if word == _NAME_COMMA), default=0)
        self._add(_read_name(words[:start]), "")
        opened = next((index for index in range(start, len(words)) if words[index] == "<"), -1)
        name = _read_name(words[start : max(start, opened)])
        self._add(name or comment, _clean_address("".join(words[max(start, opened + 1) :])))

    def _clear(self) -> None:
        self.words, self.comments, self.address, self.holds_bare_address = [], [], None, False

    def _add(self, name: str, address: str) -> None:
        if name or address:
            self.found.append(Mailbox(name, address, self.header.span))


def parse_mailboxes(header: Header) -> tuple[Mailbox, ...]:
    """Give the mailboxes of one address header, those of groups included."""
    text = guess_text(unfold(header.value))
    if usual := _USUAL.fullmatch(text):
        return (Mailbox(_squeeze(usual[1] or usual[2] or "").strip(", "), usual[3] or usual[4], header.span),)
    return _Reader(text, header).read()


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
    return _squeeze(decode_words("".join(map(_unquote, words)))).strip(", ")


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
        return f"{local_part.rstrip()}{at}{_join_dots(domain)}"
    return _join_dots(text)


def _join_dots(text: str) -> str:
    text = _squeeze(text)
    for blank in (" .", ". ", " @", "@ "):
        text = text.replace(blank, blank.strip())
    return text
