"""Opens S/MIME messages that are signed and not encrypted: mail programs show what is in them as the mail itself.

Whoever wants to can sign, so that a signature around a mail would hide all that it carries. Other files are signed so,
too: invoices and contracts (CAdES), profiles that set up a telephone.
Standards: RFC 8551 §3.5 (signed-data with its content), RFC 5652 §3-5 (CMS); X.690 §8 (BER).
Trust: every byte comes from a stranger; no signature is verified.
Fails: never for what is damaged: what may be a message is left unseen, a signature beside a mail carries nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.attachments.desk import Desk, File, Insides, LimitReachedError
from gatepost.message.transfer import decode_body
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.SMIME})
MAX_DEPTH = 20  # of values within values
MAX_VALUES = 400_000  # that are looked at in one file; programs cut what is signed into pieces of some kilobytes

_PKCS_7 = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_DATA, _SIGNED, _DIGESTED = (_PKCS_7 + bytes([number]) for number in (1, 2, 5))
_ENCRYPTED = (
    _PKCS_7 + b"\x03", _PKCS_7 + b"\x04", _PKCS_7 + b"\x06", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
)  # fmt: skip
_OID, _OCTETS, _SEQUENCE, _EXPLICIT = 0x06, 0x04, 0x30, 0xA0
_CONSTRUCTED = 0x20
_BINARY = bytes([_SEQUENCE])
_LONG_TAG, _END_BYTES = 0x1F, b"\0\0"
_ENDINGS = frozenset({"p7m", "p7s", "p7b", "p7c", "p7", "sig"})
_TEXT = re.compile(rb"content-|mime-version|https?://|<[a-z]{1,10}[\s>]", re.IGNORECASE)  # of a mail
_ARMOUR = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----([^-]*+)-----END ")


@dataclass(frozen=True, slots=True)
class _Value:
    tag: int
    start: int  # of what is in it
    end: int
    behind: int  # where the next one begins


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open what was signed, as a mail."""
    reader = _Reader(_take_armour_off(file.content, insides))
    try:
        kind, content = reader.read_content_info()
    except ValueError:
        if not reader.is_surely_empty():
            _tell_damage(file, insides)
        return
    if kind in _ENCRYPTED:
        insides.opening = Opening.LOCKED
    elif content is None or kind not in (_DATA, _SIGNED, _DIGESTED):
        if kind not in (_SIGNED, _DIGESTED):  # those may stand beside what was signed
            insides.leave_unseen()
    else:
        desk.open_signed(file, insides, _name_inside(file), content)


def _take_armour_off(content: bytes, insides: Insides) -> bytes:
    """Give what is in the first armour; there may be one in what was signed, too, and then it is a part of that."""
    if content.startswith(_BINARY):
        return content
    armours = _ARMOUR.findall(content)
    if len(armours) > 1:
        insides.leave_unseen()
    return decode_body(armours[0], "base64").content if armours else content


def _name_inside(file: File) -> str:
    """Give the name that another file had before it was signed."""
    stem, dot, ending = file.name.rpartition(".")
    return stem if dot and ending.lower() in _ENDINGS else file.name


def _tell_damage(file: File, insides: Insides) -> None:
    """Tell that nobody has seen what is in it; signatures that stand beside a mail are damaged by honest programs."""
    is_named_so = file.name.lower().endswith(".p7s") and not file.declared_type.endswith("pkcs7-mime")
    if is_named_so or file.declared_type.endswith("pkcs7-signature"):
        insides.opening = Opening.LEAF
    else:
        insides.leave_unseen()


class _Reader:
    """Reads the few values of BER that matter here, each length in any of its forms."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._left = MAX_VALUES

    def read_content_info(self) -> tuple[bytes, bytes | None]:
        """Give the type of the content, and what is in it where that can be read without a key."""
        values = self._walk(self._read(0, len(self._content)))
        first, *others = values
        kind = self._get(first, _OID)
        if not others or kind not in (_DATA, _SIGNED, _DIGESTED):
            return kind, None
        (inner,) = self._walk(others[0])
        if kind == _DATA:
            return kind, self._join(inner)
        _, _, encapsulated, *_ = self._walk(inner)  # behind the version and the algorithms
        parts = list(self._walk(encapsulated))
        if len(parts) == 1:
            return kind, None
        (content,) = self._walk(parts[1])
        return kind, self._join(content)

    def is_surely_empty(self) -> bool:
        """Say whether it is a signature beside a mail, damaged behind the place of its content, which is empty.

        Where anything behind it looks like a text, another reader may find more than we do.
        """
        try:
            behind = self._find_empty_place()
        except (ValueError, LimitReachedError):
            return False
        return _TEXT.search(self._content, behind) is None

    def _find_empty_place(self) -> int:
        """Give where the place of the content ends; raise ValueError where there may be anything in it."""
        end = len(self._content)
        kind = self._read(self._enter(0, _SEQUENCE), end)
        if self._get(kind, _OID) != _SIGNED:
            raise ValueError("nothing that is signed")
        version = self._read(self._enter(self._enter(kind.behind, _EXPLICIT), _SEQUENCE), end)
        algorithms = self._read(version.behind, end)
        start = self._enter(algorithms.behind, _SEQUENCE)
        behind = self._read(start, end).behind
        _, _, size = self._read_head(algorithms.behind, end)
        if behind != start + size if size is not None else not self._content.startswith(_END_BYTES, behind):
            raise ValueError("there is more in it")
        return behind

    def _enter(self, at: int, tag: int) -> int:
        """Give where that begins which is in the value here, however far it goes."""
        found, start, _ = self._read_head(at, len(self._content))
        if found != tag:
            raise ValueError("another value is expected here")
        return start

    def _get(self, value: _Value, tag: int) -> bytes:
        if value.tag != tag:
            raise ValueError("another value is expected here")
        return self._content[value.start : value.end]

    def _join(self, value: _Value, depth: int = 0) -> bytes:
        """Give the bytes of a string of octets, which may be cut into pieces; of what is no such string, all bytes."""
        if value.tag != _OCTETS | _CONSTRUCTED or depth > MAX_DEPTH:
            return self._content[value.start : value.end]
        return b"".join(self._join(piece, depth + 1) for piece in self._walk(value))

    def _walk(self, value: _Value) -> Iterator[_Value]:
        at = value.start
        while at < value.end:
            piece = self._read(at, value.end)
            yield piece
            at = piece.behind

    def _read(self, at: int, end: int, depth: int = 0) -> _Value:
        """Read one value; one whose length is not told ends where a value of nothing stands in it."""
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            raise LimitReachedError
        tag, start, size = self._read_head(at, end)
        if size is None:
            return self._read_to_end(tag, start, end, depth)
        if start + size > end:
            raise ValueError("cut off")
        return _Value(tag, start, start + size, start + size)

    def _read_head(self, at: int, end: int) -> tuple[int, int, int | None]:
        """Give the tag of a value, where that begins which is in it, and its length, None where that is not told."""
        if at + 2 > end:
            raise ValueError("cut off")
        tag, size = self._content[at], self._content[at + 1]
        start = at + 2
        if tag & _LONG_TAG == _LONG_TAG:
            raise ValueError("no tag that CMS has")
        if size == 0x80:  # noqa: PLR2004 - the length is not told
            return tag, start, None
        if size > 0x80:  # noqa: PLR2004 - so many bytes tell it
            count = size & 0x7F
            start += count
            size = int.from_bytes(self._content[start - count : start], "big")
        return tag, start, size

    def _read_to_end(self, tag: int, start: int, end: int, depth: int) -> _Value:
        at = start
        while not self._content.startswith(_END_BYTES, at):
            at = self._read(at, end, depth + 1).behind
        return _Value(tag, start, at, at + len(_END_BYTES))
