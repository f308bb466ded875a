"""Reads archives of many formats, and compressed streams, with libarchive: in memory, one block after the other.

Trust: the archive comes from a stranger, and libarchive is C: this runs in the sandbox.
Fails: ArchiveDamagedError for what libarchive does not read, MemoryError where that takes too much, MissingLibraryError
where it is not installed.
Only formats and filters that libarchive reads by itself are asked for: for some others it starts programs.
"""

import ctypes
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from types import ModuleType
from typing import Any, Self

MAX_MEMBERS = 10_000
_FOREIGN = re.compile(r"upport|un(?:known|expected) codec|unavailable", re.IGNORECASE)  # in libarchive's words
_TYPE_BITS, _FOLDER, _LINK, _REGULAR = 0o170000, 0o040000, 0o120000, 0o100000


class MissingLibraryError(Exception):
    """The system has no libarchive."""


class ArchiveDamagedError(Exception):
    """Libarchive does not read on; the text is its own, in English."""

    def __init__(self, says: str, content: bytes = b"") -> None:
        super().__init__(says)
        self.content = content  # what had come of the file at hand

    @property
    def is_foreign(self) -> bool:
        """Say whether nothing is damaged: libarchive does not know how it is packed, and other programs may."""
        return _FOREIGN.search(str(self)) is not None


class TooManyMembersError(Exception):
    """There are more than MAX_MEMBERS entries."""


@cache
def load_library() -> ModuleType:
    """Import the binding; raise MissingLibraryError where the C library is missing."""
    try:
        from libarchive import ffi  # noqa: PLC0415 - its import fails where the C library is missing
    except (ImportError, OSError, TypeError, AttributeError) as error:
        raise MissingLibraryError from error
    ffi.logger.disabled = True  # it would log what stands in the archive
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name in ("entry_pathname_utf8", "entry_symlink_utf8", "entry_hardlink_utf8"):
        ffi.ffi(name, [pointer], text)
    ffi.ffi("entry_is_data_encrypted", [pointer], ctypes.c_int)
    ffi.ffi("read_set_format_option", [pointer, text, text, text], ctypes.c_int)
    return ffi  # type: ignore[no-any-return]


def has_library() -> bool:
    """Say whether libarchive is there."""
    try:
        load_library()
    except MissingLibraryError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive."""

    name: str
    link_target: str  # "" for no link
    is_folder: bool
    is_special: bool  # a device, a pipe, a socket
    is_encrypted: bool
    size_bytes: int  # as declared; 0 where it is not


class Reader:
    """One archive that is being read; used with `with`."""

    def __init__(
        self, content: bytes, formats: Sequence[str], filters: Sequence[str] = (), passwords: Sequence[bytes] = ()
    ) -> None:
        self._ffi: Any = load_library()
        self._content = content  # libarchive reads from it until the end
        self._archive = self._ffi.read_new()
        for password in passwords:
            self._ffi.read_add_passphrase(self._archive, password)
        for name in filters:
            self._ffi.get_read_filter_function(name)(self._archive)
        for name in formats:
            self._ffi.get_read_format_function(name)(self._archive)
        self._entry = self._ffi.entry_new()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ffi.entry_free(self._entry)
        self._ffi.read_free(self._archive)

    def ignore_checksums(self) -> None:
        """Give what is in a ZIP archive whatever its checksums say."""
        self._ffi.read_set_format_option(self._archive, b"zip", b"ignorecrc32", b"1")

    def members(self, options: Mapping[str, str] | None = None) -> Iterator[Member]:
        """Give the entries in order; `options` are switched off: {"joliet": "iso9660"}.

        Raises TooManyMembersError where the list does not end.
        """
        for option, module in (options or {}).items():
            self._ffi.read_set_format_option(self._archive, module.encode(), option.encode(), None)
        try:
            pointer = ctypes.cast(ctypes.c_char_p(self._content), ctypes.c_void_p)
            self._ffi.read_open_memory(self._archive, pointer, len(self._content))
            for _ in range(MAX_MEMBERS):
                if self._ffi.read_next_header2(self._archive, self._entry) == self._ffi.ARCHIVE_EOF:
                    return
                yield self._describe()
        except self._ffi.ArchiveError as error:
            raise _explain(error) from None
        raise TooManyMembersError

    def read(self, room_bytes: int) -> tuple[bytes, bool]:
        """Give the content of the entry at hand, at most `room_bytes`, and whether that is all of it.

        Blocks are joined as they come: holes of a sparse file take no room.
        """
        out = BytesIO()
        block, size, _ = places = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_longlong()
        pointers = [ctypes.byref(place) for place in places]
        try:
            while self._ffi.read_data_block(self._archive, *pointers) != self._ffi.ARCHIVE_EOF:
                room = room_bytes - out.tell()
                if size.value:
                    out.write(ctypes.string_at(block, min(size.value, room)))
                if size.value > room:
                    return out.getvalue(), False
        except self._ffi.ArchiveError as error:
            raise _explain(error, out.getvalue()) from None
        return out.getvalue(), True

    def _describe(self) -> Member:
        kind = self._ffi.entry_filetype(self._entry) & _TYPE_BITS
        hardlink = self._text("hardlink")
        target = hardlink or (self._text("symlink") if kind == _LINK else "")
        return Member(
            name=self._text("pathname"),
            link_target=target,
            is_folder=kind == _FOLDER,
            is_special=kind not in (0, _FOLDER, _LINK, _REGULAR),
            is_encrypted=bool(self._ffi.entry_is_data_encrypted(self._entry)),
            size_bytes=max(0, self._ffi.entry_size(self._entry)),
        )

    def _text(self, what: str) -> str:
        """Give a text of the entry; in UTF-8 it does not depend on the locale."""
        raw = getattr(self._ffi, f"entry_{what}_utf8")(self._entry) or getattr(self._ffi, f"entry_{what}")(self._entry)
        return raw.decode("utf-8", "replace") if raw else ""


def _explain(error: Any, content: bytes = b"") -> Exception:
    """Give what to raise: an archive that asks for more memory than it gets may be sound."""
    says = str(error.msg)
    return MemoryError() if "memory" in says.lower() else ArchiveDamagedError(says, content)
