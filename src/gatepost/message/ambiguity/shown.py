"""What the default reading shows of a mail, so that what another reading shows can be told from it.

Trust: the bytes come from the mail's author.
"""

import hashlib
from collections.abc import Iterable, Sequence

from gatepost.message.ambiguity.pieces import Ambiguity
from gatepost.message.message import Message, Part

MIN_SEARCH_BYTES = 50_000_000  # that texts are sought in,
SEARCHES = 200  # and so many times all that is shown: a mail of thousands of texts would be searched for each of them
HEAD_BYTES = 64  # what begins alike is the same file, read further or less far

_BLANKS_ALIKE = bytes.maketrans(b"\t\n\r\x0b\x0c", b" " * 5)
_TELLS_OF_MULTIPART = (
    "structure.boundary", "structure.epilogue", "structure.no_end", "structure.no_parts", "structure.preamble",
)  # fmt: skip


class Shown:
    """The files and texts of one mail, as they are shown by default, and then those that were added."""

    def __init__(self, message: Message, signs: Sequence[Ambiguity]) -> None:
        self.settled: set[int] = set()  # where bodies begin that nobody reads otherwise
        self._endings: dict[bytes, set[str]] = {}  # of the names of each file
        self._heads: set[bytes] = set()
        self._texts: dict[bool, list[bytes]] = {False: [], True: []}  # plain, and HTML
        self._squashed: dict[bool, dict[bytes, None]] = {}
        self._search_bytes = MIN_SEARCH_BYTES
        for part in message.walk():
            if not part.children and part.message is None:
                self._see(part)
                if _is_settled(part, signs):
                    self.settled.add(part.extent.start)

    def _see(self, part: Part) -> None:
        trimmed = trim(part.content)
        self._heads.add(trimmed[:HEAD_BYTES])
        if part.is_text and not part.is_attachment:
            self._texts[part.is_html].append(trimmed)
        else:
            self.add_file(trimmed, part.filename)

    def add_file(self, trimmed: bytes, name: str) -> None:
        """Take a file for shown from now on."""
        self._endings.setdefault(_digest(trimmed), set()).add(_read_ending(name))

    def knows_file(self, trimmed: bytes, name: str = "") -> bool:
        """Say whether there is such a file, and under a name that the same program would open."""
        endings = self._endings.get(_digest(trimmed))
        return endings is not None and (not name or _read_ending(name) in endings)

    def has_like(self, trimmed: bytes) -> bool:
        """Say whether something begins as this does."""
        return trimmed[:HEAD_BYTES] in self._heads

    def has_text(self, text: bytes, *, is_html: bool) -> bool:
        """Say whether a text is shown, if only as part of another; how many blanks stand together does not count."""
        if (texts := self._squashed.get(is_html)) is None:
            texts = dict.fromkeys(sorted(map(_squash, self._texts[is_html]), key=len, reverse=True))
            self._squashed[is_html] = texts
            self._search_bytes += SEARCHES * sum(map(len, texts))
        squashed = _squash(text)
        return squashed in texts or self._is_within(squashed, texts)

    def _is_within(self, text: bytes, texts: Iterable[bytes]) -> bool:
        """Say whether a text is part of one of others, the longest first; beyond a limit it counts as none."""
        for one in texts:
            self._search_bytes -= len(one)
            if len(one) <= len(text) or self._search_bytes < 0:
                return False
            if text in one:
                return True
        return False


def trim(content: bytes) -> bytes:
    """Leave out what decoders and boundaries add at both ends."""
    return content.strip(b" \t\r\n\x00")


def _is_settled(part: Part, signs: Sequence[Ambiguity]) -> bool:
    """Say whether no sign tells of this very part; what tells of a multipart need not."""
    if part.extent != part.body_span or part.content_type.startswith("multipart/"):
        return False
    start, end = part.whole.start, part.extent.end
    near = (sign for sign in signs if sign.span.start < end and start < sign.span.end)
    return all(sign.code.startswith(_TELLS_OF_MULTIPART) for sign in near)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _read_ending(name: str) -> str:
    return name.rpartition(".")[2].rstrip().lower()


def _squash(content: bytes) -> bytes:
    """Make one blank of several; to split a long text into its words would take ten times its memory."""
    squashed = content.translate(_BLANKS_ALIKE)
    while b"  " in squashed:
        squashed = squashed.replace(b"  ", b" ")
    return squashed.strip(b" ")
