"""The desk on which the files of one mail are opened: it keeps the limits, knows the passwords, and leads further in.

Trust: every byte comes from a stranger, who may have made it to break or to exhaust whoever opens it.
Fails: never with an ordinary exception; what an opener could not do is the file's `opening`. What limits cannot stop
(a loop in a library, memory) is stopped by the process around it (net/sandbox.py).
"""

import errno
import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from gatepost.message.attachments.kinds import are_at_odds, detect_kinds
from gatepost.message.attachments.rules import NO_RULES, RuleSet
from gatepost.message.attachments.shown import ReadOtherwise, begins_as_entity
from gatepost.message.attachments.told import Told
from gatepost.message.attachments.volumes import Shelf
from gatepost.message.message import Message
from gatepost.message.mime import MESSAGE_TYPES
from gatepost.model.contents import FITTED, MAX_TRAIT_CHARS, FoundLink, LinkSource, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import IMAGES, FileKind

MAX_TRAITS = 200  # of one file
KEPT_FOR_OPENING = 10  # of them, for what is told of the opening itself
MAX_TRAITS_OF_A_CODE = 10  # so that many of one do not keep others out
MAX_LINKS = 500  # of one file
MAX_LINK_CHARS = 4_096
MAX_NAME_CHARS = 500
MAX_PASSWORDS = 50
EVERY_KIND = frozenset(FileKind)
_SEEN_BY_ITS_BEGINNING = IMAGES | {FileKind.TEXT, FileKind.CSV, FileKind.UNKNOWN}  # nothing in them could be run
SIGNED_NAME = "signed.eml"  # of a mail that was signed
_SEEN_AS_MAIL = frozenset({FileKind.MAIL, FileKind.TEXT, FileKind.CSV, FileKind.HTML, FileKind.UNKNOWN})
UNSEEN = "opening.unseen"  # there is more in the file, and nobody has looked at it
_REFUSED = frozenset(
    {
        errno.EACCES, errno.EAGAIN, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOENT, errno.ENOMEM,
        errno.ENOSPC, errno.ENOSYS, errno.EPERM,
    }
)  # fmt: skip
EXHAUSTED = "opening.exhausted"  # it took all memory that there is, or went round in circles


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is opened of one mail."""

    depth: int = 8  # files within files
    files: int = 1_000
    file_bytes: int = 64 * 1024 * 1024  # of one file inside
    total_bytes: int = 192 * 1024 * 1024  # of all files inside together
    ratio: int = 200  # unpacked for packed, where the file has more than RATIO_FLOOR_BYTES


RATIO_FLOOR_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """One file to be opened; a file that is several kinds at once is opened as each of them."""

    path: str
    name: str
    content: bytes = field(repr=False)
    kind: FileKind  # what it is opened as
    declared_type: str = ""  # the media type that the mail says, "" inside of files that are no mails
    depth: int = 0
    is_whole: bool = True  # False: only its beginning is here
    is_unlocked: bool = False  # a password opened it, or no other scanner opens what it lay in
    also: tuple[FileKind, ...] = ()  # what else it is
    is_own: bool = False  # a part of the mail, or of what programs show in its place
    is_mail: bool = False  # programs show it in the place of the mail


@dataclass(slots=True)
class Insides:
    """What has been found so far in one file; it stays when its opener breaks."""

    traits: list[Trait] = field(default_factory=list)
    links: list[FoundLink] = field(default_factory=list)
    files: list[OpenedFile] = field(default_factory=list)
    shown: list[bytes] = field(default_factory=list)
    opening: Opening = Opening.OPENED
    _links_seen: set[FoundLink] = field(default_factory=set)
    _counts: Counter[str] = field(default_factory=Counter)

    def note(self, code: str, text: str = "") -> None:
        """Say what was seen, once for each code and text."""
        trait = Trait(code, text[:MAX_TRAIT_CHARS])
        most = MAX_TRAITS - (0 if code.startswith("opening.") else KEPT_FOR_OPENING)
        if trait not in self.traits and len(self.traits) < most and self._counts[code] < MAX_TRAITS_OF_A_CODE:
            self._counts[code] += 1
            self.traits.append(trait)

    def leave_unseen(self, name: str = "") -> None:
        """Say that there is more in the file that nobody looks at."""
        self.opening = Opening.LIMIT
        self.note(UNSEEN, name)

    def show(self, entity: bytes) -> None:
        """Give on what programs show as the mail's own text: an entity of MIME."""
        if entity not in self.shown:
            self.shown.append(entity)

    def break_off(self, error: Exception, what: str = "") -> None:
        """Say that something could not be read: it is damaged, or the system refused what its opener needed."""
        if isinstance(error, OSError) and error.errno in _REFUSED:
            self.leave_unseen(what)
        elif self.opening is not Opening.LIMIT:
            self.opening = Opening.BROKEN
        self.note("opening.broken", f"{what}: {type(error).__name__}" if what else type(error).__name__)

    def link(self, url: str, source: LinkSource = LinkSource.DOCUMENT) -> None:
        """Give a link on to those who judge links, once."""
        link = FoundLink(url[:MAX_LINK_CHARS], source)
        if len(self.links) < MAX_LINKS and link not in self._links_seen:
            self._links_seen.add(link)
            self.links.append(link)


class Opener(Protocol):
    """A module of openers/; one that takes EVERY_KIND only looks at the bytes, and opens nothing."""

    OPENS: frozenset[FileKind]

    def look_inside(self, file: File, insides: Insides, desk: "Desk") -> None:
        """Fill `insides`; anything may be raised for a damaged file."""
        ...


def _read_in_one_way(_message: Message) -> tuple[Message, ...]:
    return ()


class LimitReachedError(Exception):
    """No more files or bytes are opened for this mail."""


class Desk:
    """Opens the files of one mail."""

    def __init__(
        self,
        openers: Mapping[FileKind, tuple[Opener, ...]],
        passwords: Iterable[str] = (),
        limits: Limits = Limits(),
        keeps: Callable[[File], bool] = lambda _file: False,
        rules: RuleSet = NO_RULES,
    ) -> None:
        self.limits = limits
        self.rules = rules  # YARA's, which every file is held against
        self.read_otherwise: ReadOtherwise = _read_in_one_way
        self.passwords: tuple[str, ...] = tuple(passwords)[:MAX_PASSWORDS]
        self._said_by_mail = frozenset(self.passwords)
        self.told = Told()
        self.shelf = Shelf()  # pieces of archives that were cut into several files
        self._openers = openers
        self._keeps = keeps
        self._files_left = limits.files
        self._bytes_left = limits.total_bytes

    @property
    def allowance_bytes(self) -> int:
        """Give how many bytes the next file inside may have at most: ask before unpacking."""
        return min(self.limits.file_bytes, self._bytes_left)

    @property
    def is_full(self) -> bool:
        """Say whether no more files are opened for this mail."""
        return not self._files_left

    @property
    def bytes_left(self) -> int:
        """Give how many bytes all files to come may have together."""
        return self._bytes_left

    def spend(self, size_bytes: int) -> None:
        """Count what was unpacked and is not opened: unpacking has its cost, too."""
        self._bytes_left -= min(size_bytes, self._bytes_left)

    def open(self, path: str, name: str, content: bytes, declared_type: str = "") -> OpenedFile:
        """Open a part of the mail, and all in it; once more where something stays locked and a password was told in it.

        What files tell also serves those that are opened after them.
        """
        file = replace(_recognise(path, name, content, declared_type=declared_type), is_own=True)
        files_left, bytes_left = self._files_left, self._bytes_left
        opened = self._open(file)
        if not any(each.opening is Opening.LOCKED for each in opened.walk()):
            return opened
        told, given = self.told.find_passwords(), self.passwords
        if not set(told) - set(given):
            return opened
        self._files_left, self._bytes_left = files_left, bytes_left
        self.passwords = _mix(told, given)
        try:
            return self._open(file)
        finally:
            self.passwords = given  # so that nothing told can push out, for the next file, what the mail itself says

    def open_inside(self, outer: File, insides: Insides, name: str, content: bytes) -> None:
        """Open a file that was found in another; raise LimitReachedError when this mail may have no more.

        What is the other one itself, byte for byte, is not opened again.
        """
        if content == outer.content:
            return
        insides.files.append(self._open(self._take_in(outer, insides, name, content)))

    def open_part(self, outer: File, insides: Insides, name: str, content: bytes, *, declared_type: str = "") -> None:
        """Open a file that programs list beside what they show of the other: of the mail, where that is part of it."""
        if content != outer.content:
            inner = self._take_in(outer, insides, name, content, declared_type)
            insides.files.append(self._open(replace(inner, is_own=outer.is_own)))

    def open_signed(self, outer: File, insides: Insides, name: str, content: bytes) -> None:
        """Open what was signed as one piece: a mail or a text, which programs show in the place of the mail, or a file.

        They do so where the other file is a part of the mail. `name` is that of a file.
        """
        if begins_as_entity(content):
            self._open_mail(outer, insides, content)
            return
        self.open_unlocked(outer, insides, name, content)
        if outer.is_own and insides.files[-1].kind is FileKind.TEXT:
            insides.show(content)

    def _open_mail(self, outer: File, insides: Insides, content: bytes) -> None:
        inner = self._take_in(outer, insides, SIGNED_NAME, content)
        also = tuple(kind for kind in (inner.kind, *inner.also) if kind not in _SEEN_AS_MAIL)
        mail = replace(inner, kind=FileKind.MAIL, also=also, is_own=outer.is_own, is_mail=outer.is_own)
        insides.files.append(self._open(replace(mail, is_unlocked=True)))

    def open_unlocked(self, outer: File, insides: Insides, name: str, content: bytes) -> None:
        """Open a file that no other scanner can look at: a password has opened it, or nobody opens what it lies in."""
        inner = self._take_in(outer, insides, name, content)
        insides.files.append(self._open(replace(inner, is_unlocked=True)))

    def note_password(self, file: File, insides: Insides, password: str) -> None:
        """Tell which password has opened a file, and where it stood."""
        insides.note(f"{FITTED}{self._find_source(file, password)}", password)

    def _find_source(self, file: File, password: str) -> str:
        if password not in self.passwords:
            return "common"
        if password in file.name:
            return "in_name"
        return "in_mail" if password in self._said_by_mail else "in_files"

    def open_beginning(self, outer: File, insides: Insides, name: str, beginning: bytes) -> None:
        """Look at the beginning of a file that is too large; it counts as not opened to its end."""
        inner = self._take_in(outer, insides, name, beginning)
        insides.files.append(self._open(replace(inner, is_whole=False)))

    def _take_in(self, outer: File, insides: Insides, name: str, content: bytes, declared_type: str = "") -> File:
        if not self._files_left or len(content) > self._bytes_left:
            insides.leave_unseen(name)
            raise LimitReachedError
        self._files_left -= 1
        self._bytes_left -= len(content)
        separator = "." if ":" in outer.path else ":"
        path = f"{outer.path}{separator}{len(insides.files) + 1}"
        self.told.tell_name(name)
        return _recognise(path, name, content, declared_type, outer.depth + 1)

    def _open(self, file: File) -> OpenedFile:
        insides = Insides(opening=Opening.LEAF)
        _note_kinds(file, insides)
        for kind in (file.kind, *file.also):
            self._open_as(replace(file, kind=kind), insides)
        if not file.is_whole:
            self._note_rest(file, insides)
        return OpenedFile(
            path=file.path,
            name=file.name,
            kind=file.kind,
            size_bytes=len(file.content),
            opening=insides.opening,
            sha256=hashlib.sha256(file.content).hexdigest() if file.is_whole else "",
            traits=tuple(insides.traits),
            links=tuple(insides.links),
            files=tuple(insides.files),
            content=file.content if self._keeps(file) else b"",
            shown=tuple(insides.shown),
        )

    def _note_rest(self, file: File, insides: Insides) -> None:
        """Tell that only the beginning was looked at: what others would open could hold anything behind it."""
        insides.opening = Opening.LIMIT
        kinds = {file.kind, *file.also} - _SEEN_BY_ITS_BEGINNING
        if not file.content or any(
            opener.OPENS != EVERY_KIND for kind in kinds for opener in self._openers.get(kind, ())
        ):
            insides.note(UNSEEN)

    def _open_as(self, file: File, insides: Insides) -> None:
        for opener in self._openers.get(file.kind, ()):
            if opener.OPENS == EVERY_KIND:
                _try(opener, file, insides, self)
            elif file.depth > self.limits.depth:
                insides.leave_unseen()
            else:
                if insides.opening is Opening.LEAF:
                    insides.opening = Opening.OPENED
                _try(opener, file, insides, self)


def _mix(told: tuple[str, ...], given: tuple[str, ...]) -> tuple[str, ...]:
    """Take from both in turns: one may open a file, and the other what is in it."""
    pairs = itertools.zip_longest(told, given, fillvalue="")
    return tuple(word for word in dict.fromkeys(itertools.chain.from_iterable(pairs)) if word)[:MAX_PASSWORDS]


def _recognise(path: str, name: str, content: bytes, declared_type: str = "", depth: int = 0) -> File:
    kind, *also = _detect(content, name, declared_type)
    return File(path, name[:MAX_NAME_CHARS], content, kind, declared_type, depth, also=tuple(also))


def _detect(content: bytes, name: str, declared_type: str) -> list[FileKind]:
    """Give the kinds of a file; what is called a mail is shown as one, also a text without any header."""
    kinds = list(detect_kinds(content, name))
    if declared_type not in MESSAGE_TYPES or FileKind.MAIL in kinds or kinds[0] not in _SEEN_AS_MAIL:
        return kinds
    return [FileKind.MAIL, *(kind for kind in kinds if kind is FileKind.HTML or kind not in _SEEN_AS_MAIL)]


def _note_kinds(file: File, insides: Insides) -> None:
    """Tell what a file is besides its first kind, and whether that has an honest reason."""
    for kind in file.also:
        insides.note("kind.also", kind)
    kinds = (file.kind, *file.also)
    if are_at_odds(kinds):
        insides.note("kind.polyglot", ", ".join(kinds))


def _try(opener: Opener, file: File, insides: Insides, desk: Desk) -> None:
    try:
        opener.look_inside(file, insides, desk)
    except LimitReachedError:
        insides.leave_unseen()
    except (MemoryError, RecursionError):
        insides.opening = Opening.LIMIT
        insides.note(EXHAUSTED)
    except Exception as error:  # noqa: BLE001 - a damaged file may raise anything in the libraries that read it
        insides.break_off(error)
