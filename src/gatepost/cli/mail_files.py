"""Finds the mails behind the paths that a user names: single files, mbox, Maildir, folders of any depth, stdin.

Trust: files may be anything, and an mbox was written by strangers: a line that only looks like a beginning must not
split a mail. A new mail begins where a From_ line with a full date stands at the start or behind an empty line and a
header follows.
Fails: BadInput with one sentence that names the path.
"""

import mmap
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gatepost.message.attachments.kinds import detect_kind, read_ending
from gatepost.message.attachments.signatures import detect_by_start
from gatepost.model.errors import BadInput
from gatepost.model.file_kinds import FileKind

STANDARD_INPUT = "-"
MAX_MAIL_BYTES = 134_217_728  # 128 MiB: no server takes larger mail
MAX_INPUT_BYTES = 4 * MAX_MAIL_BYTES  # from standard input, which may hold an mbox
_SNIFFED_BYTES = 8_192

_FROM_LINE = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From (?=[^\r\n]{0,300}\d\d:\d\d)(?=[^\r\n]{0,300}\b\d{4}\b)[^\r\n]{1,300}\r?\n"
    rb"(?=[!-9;-~]{1,100}[ \t]?:|>From )"
)
_MAIL_HEADER = re.compile(
    rb"^(?:from|received|return-path|date|subject|to|message-id|mime-version|delivered-to|dkim-signature|x-[!-9;-~]+)"
    rb"[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_MAIL_ENDINGS = (".eml", ".mbox", ".mbx")
_HEADER_LINE = re.compile(rb"[!-9;-~]+[ \t]*:")
_RUN_BY_NAME = frozenset(
    {FileKind.SCRIPT, FileKind.HTML, FileKind.SVG, FileKind.SHORTCUT, FileKind.INTERNET_SHORTCUT, FileKind.REGISTRY}
)
_HOST_ENDINGS = frozenset({"com", "pl", "py", "sh"})  # a mail in a Maildir is named after the host, too


@dataclass(frozen=True, slots=True)
class MailPlace:
    """Where one mail lies: bytes [start:end] of a file, or in `content` where it came by standard input."""

    label: str  # the path as it is shown, with #N in an mbox of several mails
    path: str
    start: int = 0
    end: int = -1  # -1: to the end
    content: bytes | None = None
    is_mail: bool = True  # False: what lies there may be any file that the user named


def find_mails(paths: list[str], passed_over: list[str] | None = None) -> Iterator[MailPlace | BadInput]:
    """Give every mail in order; a path that cannot be read gives its error, and the others go on.

    The files that are no mail and that lie in a folder are put down in `passed_over`.
    """
    passed = [] if passed_over is None else passed_over
    for path in paths:
        try:
            yield from _find_in(path, passed)
        except OSError as error:
            yield _describe(path, error)


def read_mail(place: MailPlace) -> bytes:
    """Give the bytes of one mail; raise BadInput where they cannot be had."""
    if place.content is not None:
        return place.content
    try:
        with Path(place.path).open("rb") as file:
            file.seek(place.start)
            size = MAX_MAIL_BYTES + 1 if place.end < 0 else place.end - place.start
            content = file.read(min(size, MAX_MAIL_BYTES + 1))
    except OSError as error:
        raise _describe(place.label, error) from error
    if not content:
        raise BadInput(f"{place.label}: the file is empty.")
    if len(content) > MAX_MAIL_BYTES:
        raise BadInput(f"{place.label}: the mail is larger than {MAX_MAIL_BYTES >> 20} MiB.")
    return content


def is_other_file(place: MailPlace, content: bytes) -> bool:
    """Say whether this is no mail but a document, an archive, a program or any other file, by what it is and is called.

    >>> is_other_file(MailPlace("", "go.bat", is_mail=False), b"@echo off")
    True
    """
    if place.is_mail:
        return False
    if is_run_by_name(place.path):
        return True
    if _begins_like_mail(content[:_SNIFFED_BYTES], least_headers=1):
        return False
    if find_file_kind(content) is not None:
        return True
    return bool(ending := Path(place.path).suffix.lower()) and ending not in _MAIL_ENDINGS


def find_file_kind(content: bytes) -> FileKind | None:
    """Say what file this is that begins with no header; None where it may as well be a mail.

    >>> find_file_kind(b"%PDF-1.7"), find_file_kind(b"Subject: %PDF-1.7")
    (<FileKind.PDF: 'pdf'>, None)
    """
    return None if _HEADER_LINE.match(content) else detect_by_start(content)


def is_run_by_name(path: str) -> bool:
    """Say whether programs run or show a file for its name alone, even one that begins like a mail.

    >>> is_run_by_name("offer.hta"), is_run_by_name("offer.eml")
    (True, False)
    """
    name = Path(path).name
    return read_ending(name) not in _HOST_ENDINGS and detect_kind(b"-", name) in _RUN_BY_NAME


def _describe(path: str, error: OSError) -> BadInput:
    return BadInput(f"{path}: cannot be read: {error.strerror or error}.")


def _find_in(path: str, passed_over: list[str]) -> Iterator[MailPlace | BadInput]:
    if path == STANDARD_INPUT:
        yield from _find_in_input()
    elif Path(path).is_dir():
        found = False
        for one in _find_in_folder(path, passed_over):
            found = True
            yield one
        if not found:
            yield BadInput(f"{path}: there is no mail in this folder.")
    elif stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - lets the error name what the user wrote
        yield from _split_file(path)
    else:
        yield BadInput(f"{path}: this is not a file; pipe its content to standard input and name `-`.")


def _find_in_input() -> Iterator[MailPlace | BadInput]:
    content = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    if not content:
        yield BadInput("standard input: nothing came.")
        return
    if len(content) > MAX_INPUT_BYTES:
        yield BadInput(f"standard input: more than {MAX_INPUT_BYTES >> 20} MiB came; name the file instead.")
        return
    for number, (start, end) in enumerate(spans := split_mbox(content), 1):
        label = f"-#{number}" if len(spans) > 1 else "-"
        yield MailPlace(label, "", content=content[start:end])


def _find_in_folder(folder: str, passed_over: list[str]) -> Iterator[MailPlace | BadInput]:
    errors: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=errors.append):
        is_maildir = {"cur", "new"} <= set(folders)
        if is_maildir:
            folders.remove("tmp") if "tmp" in folders else None
        folders.sort()
        is_mailbox = Path(place).name in ("cur", "new")
        for name in sorted(names):
            path = os.path.join(place, name)  # noqa: PTH118 - keeps the path as the user wrote it
            if not name.startswith(".") and _is_plain_file(path):
                is_taken = False
                for one in _find_in_found_file(path, is_mailbox=is_mailbox):
                    is_taken = True
                    yield one
                if not is_taken:
                    passed_over.append(path)
        while errors:
            error = errors.pop()
            yield _describe(str(error.filename), error)


def _is_plain_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _find_in_found_file(path: str, *, is_mailbox: bool) -> Iterator[MailPlace | BadInput]:
    """Take a file that the user did not name only when it is mail by its place, its name or its beginning."""
    try:
        if is_mailbox:
            yield MailPlace(path, path)
        elif path.lower().endswith(_MAIL_ENDINGS) or _looks_like_mail(path):
            yield from _split_file(path)
    except OSError as error:
        yield _describe(path, error)


def _looks_like_mail(path: str) -> bool:
    with Path(path).open("rb") as file:
        return _begins_like_mail(file.read(_SNIFFED_BYTES), least_headers=2)


def _begins_like_mail(beginning: bytes, least_headers: int) -> bool:
    if _FROM_LINE.match(beginning):
        return True
    header = re.split(rb"\r?\n\r?\n", beginning, maxsplit=1)[0]
    return bool(_HEADER_LINE.match(beginning)) and len(_MAIL_HEADER.findall(header)) >= least_headers


def _split_file(path: str) -> Iterator[MailPlace]:
    with Path(path).open("rb") as file:
        if file.read(5) != b"From " or is_run_by_name(path):
            yield MailPlace(path, path, is_mail=False)
            return
        with closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as content:
            spans = split_mbox(content)
    for number, (start, end) in enumerate(spans, 1):
        label = f"{path}#{number}" if len(spans) > 1 else path
        yield MailPlace(label, path, start, end)


def split_mbox(content: "bytes | mmap.mmap") -> list[tuple[int, int]]:
    """Give the place of each mail in an mbox without its From_ line; what is no mbox is one mail."""
    lines = [match.span() for match in _FROM_LINE.finditer(content)]
    if not lines or lines[0][0] != 0:
        return [(0, len(content))]
    ends = [start - 1 for start, _ in lines[1:]] + [len(content)]
    return [(after, max(after, end)) for (_, after), end in zip(lines, ends, strict=True)]
