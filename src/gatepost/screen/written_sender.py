"""One From header as it is written, with the questions in which programs that show a sender differ.

Standards: RFC 5322 §3.4, §4.4 (obsolete forms), RFC 2047 §5, RFC 6854 (groups in From), RFC 5321 §4.5.3.1.1.
Trust: the bytes come from the mail's author.
Fails: never; no more than MAX_VALUE_BYTES are read as text. Linear in the length of the value.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from gatepost.message.addresses import parse_mailboxes
from gatepost.message.charset import guess_text
from gatepost.message.encoded_words import decode_words, unfold
from gatepost.message.message import Header, Mailbox, Message
from gatepost.message.transfer import decode_base64
from gatepost.screen.tables import Tables

MAX_VALUE_BYTES = 16_384
MAX_LOCAL_PART_BYTES = 64

_BARE_ADDRESS = rb"[\w.+=-]{1,64}@[\w.-]+"
_WORDS = rb"(?:[\w.,&'+-]++ ?)*+"
_QUOTED_WORDS = rb"\"(?: ?[!#-<>-\[\]-~]++|(?!))*+ ?\""  # no escapes, no encoded words, no padding
_ORDINARY = re.compile(
    rb"\s?(?:(?:%(words)b|%(quoted)b ?|%(address)b )<%(address)b>|%(address)b(?: \(%(words)b\))?)"
    % {b"address": _BARE_ADDRESS, b"words": _WORDS, b"quoted": _QUOTED_WORDS}
)
_RAW_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\x1b(?![$(])|\r(?!\n|\Z)")  # ESC: ISO-2022-JP
_ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*+)\?=")
_ENCODED_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\x1b(?![$(])")
_Q_CODE = re.compile(rb"=([0-9A-Fa-f]{2})")
_WIDE_CHARSET = re.compile(rb"utf-?(?:16|32)|ucs-?[24]", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@((?:[\w-]+\.)+[\w-]{2,63})")
_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*+\?=")
_QUOTED_TEXT = re.compile(
    r"\"(?:[^\"\\]|\\.)*+(?:\"|(\\?\Z))", re.DOTALL
)  # group 1: nothing ends it, nor any behind it
_HIDDEN = re.compile(rf"{_QUOTED_TEXT.pattern}|{_WORD.pattern}", re.DOTALL)
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*+(\)|\\?)", re.DOTALL)  # group 1: ) where it ends, and is read as one
_GROUP = re.compile(r"\A[^:<>@,;]*:|;\s*\Z")
_TWO_BRACKETS = re.compile(r"<[^<>,;]*<|>[^,;<>]*[<>]")
_SOURCE_ROUTE = re.compile(r"<\s*@[^<>:]*:")
_HACK = re.compile(r"[^@%!\s]+%[\w-]+(?:\.[\w-]+)+@|[\w-]+(?:\.[\w-]+)+![^@\s]+@")
_PADDING = re.compile(
    "[ \t\u00a0\u00ad\u034f\u115f\u1160\u1680\u180e\u2000-\u200f\u2028\u2029\u202f\u205f-\u2064\u2800\u3000\u3164"
    "\ufeff\uffa0]{20,}"
)
_OVERRIDE = re.compile("[\u202d\u202e]")
_TURNING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_INVISIBLE = "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u3164\ufeff\uffa0]"
_SPELLED = "[A-Za-z\u0370-\u04ff]"  # other scripts join and part letters by invisible characters
_SPLIT = re.compile(f"{_SPELLED}{_INVISIBLE}+{_SPELLED}")
_ANY_INVISIBLE = re.compile(_INVISIBLE)


def is_ordinary(header: Header) -> bool:
    """Say whether a sender is written in a form that all programs read alike, as most are; then no question is left."""
    return _ORDINARY.fullmatch(header.value) is not None


@dataclass(frozen=True)
class WrittenSender:
    """One From header, read in the ways in which programs read it."""

    header: Header
    mailboxes: tuple[Mailbox, ...]  # as our parser reads them
    tables: Tables

    @cached_property
    def written(self) -> str:
        """What stands there, unfolded, encoded words as they are."""
        return guess_text(unfold(self.header.value[:MAX_VALUE_BYTES]))

    @cached_property
    def decoded(self) -> str:
        """What is shown by a program that decodes everything."""
        return decode_words(self.written)

    @cached_property
    def bare(self) -> str:
        """What is left without quoted strings, encoded words and comments."""
        hidden = _HIDDEN.sub(_hide, self.written)
        return _COMMENT.sub(lambda comment: " " if comment[1] == ")" else comment[0], hidden)

    @cached_property
    def domain(self) -> str:
        """The domain of the first address."""
        return next((mailbox.domain for mailbox in self.mailboxes if mailbox.domain), "")

    @cached_property
    def local_parts(self) -> tuple[str, ...]:
        """What stands before the @ of each address."""
        return tuple(mailbox.address.rpartition("@")[0] for mailbox in self.mailboxes)

    @cached_property
    def _is_ascii(self) -> bool:
        return self.written.isascii() and self.decoded.isascii()

    def holds_control(self) -> bool:
        """Say whether a control character stands there, plain or encoded."""
        value = self.header.value
        return bool(_RAW_CONTROL.search(value)) or any(map(_hides_control, _ENCODED_WORD.finditer(value)))

    def is_encoded(self) -> bool:
        """Say whether an encoded word stands where an address must stand."""
        if any("=?" in mailbox.address for mailbox in self.mailboxes):
            return True
        return "=?" in self.written and not self.domain and bool(_ADDRESS.search(self.decoded))

    def has_strange_comment(self) -> bool:
        """Say whether a comment holds an address of somebody else, which the name does not show as well."""
        if "(" not in self.written:
            return False
        shown = " ".join(mailbox.display_name for mailbox in self.mailboxes)  # display_name_spoof reads that
        plain = _QUOTED_TEXT.sub(lambda quoted: "_" if quoted[1] is None else quoted[0], self.written)
        comments = (comment[0] for comment in _COMMENT.finditer(plain) if comment[1] == ")")
        found = (self.find_stranger(decode_words(comment)) for comment in comments)
        return any(address and address not in shown for address in found)

    def is_group(self) -> bool:
        """Say whether addresses stand in a group."""
        if ":" not in self.written and ";" not in self.written:
            return False
        return bool(_GROUP.search(self.bare)) and "@" in self.bare

    def has_two_brackets(self) -> bool:
        """Say whether angle brackets are doubled or nested."""
        if self.written.endswith(">") and self.written.count("<") == self.written.count(">") == 1:
            return False
        return bool(_TWO_BRACKETS.search(self.bare))

    def has_route(self) -> bool:
        """Say whether an address leads over other hosts."""
        if ":" in self.written and _SOURCE_ROUTE.search(self.bare):
            return True
        return any(_HACK.match(mailbox.address) for mailbox in self.mailboxes)

    def has_quoted_address(self) -> bool:
        """Say whether the quoted part before an @ is an address of somebody else."""
        return any(local.startswith('"') and self.find_stranger(local) for local in self.local_parts)

    def is_long(self) -> bool:
        """Say whether the part before an @ is longer than allowed."""
        return any(len(local.encode("utf-8", "replace")) > MAX_LOCAL_PART_BYTES for local in self.local_parts)

    def is_padded(self) -> bool:
        """Say whether blanks push something out of sight."""
        return bool(_PADDING.search(self.decoded))

    def turns(self) -> bool:
        """Say whether the direction of writing is turned where no letter asks for it."""
        if self._is_ascii:
            return False
        if _OVERRIDE.search(self.decoded) or any(_TURNING.search(mailbox.address) for mailbox in self.mailboxes):
            return True
        return bool(_TURNING.search(self.decoded)) and not _RIGHT_TO_LEFT.search(self.decoded)

    def is_invisible(self) -> bool:
        """Say whether invisible characters part the letters of a word, or stand in an address."""
        if self._is_ascii:
            return False
        in_address = any(_ANY_INVISIBLE.search(mailbox.address) for mailbox in self.mailboxes)
        return in_address or bool(_SPLIT.search(self.decoded))

    def find_stranger(self, text: str) -> str:
        """Give the first address in a text that belongs to another organisation than the sender, else ""."""
        for address in _ADDRESS.finditer(text):
            if not self.tables.is_same_organisation(address[1].lower(), self.domain):
                return address[0]
        return ""


def read_sender(header: Header, message: Message, tables: Tables) -> WrittenSender:
    """Give a From header of this mail, with the mailboxes that its parser has found in it."""
    if len(header.value) > MAX_VALUE_BYTES:
        mailboxes = parse_mailboxes(replace(header, value=header.value[:MAX_VALUE_BYTES]))
    else:
        mailboxes = tuple(mailbox for mailbox in message.from_ if mailbox.span is header.span)
    return WrittenSender(header, mailboxes, tables)


def _hide(found: re.Match[str]) -> str:
    """Take out a quoted text or an encoded word; a quote that nothing ends is read as plain text."""
    return "_" if found[1] is None else f'"{_WORD.sub("_", found[0][1:])}'


def _hides_control(word: re.Match[bytes]) -> bool:
    charset, encoding, text = word.groups()
    if _WIDE_CHARSET.match(charset):
        return False
    data = decode_base64(text) if encoding in b"bB" else _decode_q(text)
    return bool(_ENCODED_CONTROL.search(data))


def _decode_q(text: bytes) -> bytes:
    return _Q_CODE.sub(lambda digits: bytes([int(digits[1], 16)]), text)
