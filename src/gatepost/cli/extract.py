"""Writes what a mail carries into a folder: its parts, and the files inside of files, with a list of what they are.

Trust: contents and names are a stranger's. A name is made of harmless characters behind the file's place in the mail,
so it leads nowhere, hides nothing and repeats no other; nothing that exists is written over, nothing may be executed.
Fails: BadInput where the folder cannot be written.
"""

import contextlib
import errno
import hashlib
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatepost.message.attachments.kinds import detect_kind
from gatepost.message.message import Part
from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents, OpenedFile
from gatepost.model.errors import BadInput
from gatepost.model.finding import Finding
from gatepost.screen.plain_files import files_to_list

MANIFEST = "manifest.json"
MAX_NAME_CHARS = 1_000  # that are looked at, from the end; a mail may name a file by many more
MAX_NAME_BYTES = 120  # with its place in front well below the 255 that file systems take
MAX_FOLDER_BYTES = 100
MAX_SAME_NAMES = 100

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Extracted:
    """One file to be written; `content` is None where its bytes did not come."""

    facts: dict[str, Any]
    content: bytes | None


def prepare_folder(folder: Path) -> None:
    """Make the folder that all mails go below; raise BadInput where it cannot be, or has something in it already."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BadInput(f"{folder} is not empty: name a new folder, nothing is written over")
    except OSError as error:
        raise _tell(folder, error) from error


def extract_mail(raw: bytes, contents: Contents, findings: Iterable[Finding], folder: Path, label: str = "") -> None:
    """Write the files of one mail into a new folder of its own; `label` says where the mail was read."""
    try:
        folder.mkdir(mode=0o700)
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise _tell(folder, error) from error
    try:
        manifest = [_write_one(place, each) for each in _gather(raw, contents, findings)]
        text = json.dumps({"mail": label, "files": manifest, "not_recorded": contents.left_out_count}, indent=2)
        _write_new(place, MANIFEST, text.encode("ascii"))
    except OSError as error:
        raise _tell(folder, error) from error
    finally:
        os.close(place)


def name_folder(number: int, label: str) -> str:
    """Give the name of a mail's folder: its number among the mails, and what can be kept of where it was read.

    >>> name_folder(7, "/srv/mail/../offer.eml")
    '0007-offer.eml'
    """
    return f"{number:04d}-{clean_name(label)[:MAX_FOLDER_BYTES] or 'mail'}"


def name_file(path: str, name: str) -> str:
    """Give the name under which a file is written: its place, which no other has, and what can be kept of its name.

    >>> name_file("1.2:1.3", "../../x/pay slip.exe")
    '1.2-1.3_pay_slip.exe'
    """
    place = "".join(each if each in "0123456789." else "-" for each in path)[:MAX_NAME_BYTES]
    return f"{'other' if place.startswith('-') else ''}{place}_{clean_name(name) or 'file'}"


def clean_name(name: str) -> str:
    """Keep letters, digits, dots, dashes and underscores of the last part of a path; never a dot in front."""
    last = unicodedata.normalize("NFC", name[-MAX_NAME_CHARS:].replace("\\", "/")).rpartition("/")[2]
    kept = "".join(each if each.isalnum() or each in "._-" else "_" for each in last).strip("._- ")
    while len(kept.encode("utf-8", "replace")) > MAX_NAME_BYTES:
        kept = kept[1:]  # the end tells what it is
    return kept.strip("._- ")


def _gather(raw: bytes, contents: Contents, findings: Iterable[Finding]) -> Iterator[Extracted]:
    """Give the parts that nobody opened as they are, then all that was opened, each with what is known of it."""
    opened = {file.path for file in contents.files}
    for part in parse_message(raw).walk():
        if not part.children and part.message is None and part.path not in opened:
            yield _take_part(part)
    files: Iterable[OpenedFile] = contents.walk()
    for file, facts in zip(files, files_to_list(contents, findings), strict=True):
        yield Extracted(facts, file.content if file.content or not file.size_bytes else None)


def _take_part(part: Part) -> Extracted:
    facts = {
        "path": part.path,
        "name": part.filename,
        "kind": detect_kind(part.content, part.filename).value,
        "size_bytes": len(part.content),
        "sha256": hashlib.sha256(part.content).hexdigest(),
    }
    return Extracted(facts, part.content)


def _write_one(place: int, extracted: Extracted) -> dict[str, Any]:
    facts = extracted.facts
    if extracted.content is None:
        return {**facts, "written_as": None}
    return {**facts, "written_as": _write_free(place, name_file(facts["path"], facts["name"]), extracted.content)}


def _write_free(place: int, name: str, content: bytes) -> str:
    """Write under this name, or the next that is free: two readings of a mail may have a file at the same place."""
    for number in range(1, MAX_SAME_NAMES):
        numbered = name if number == 1 else f"{number}-{name}"
        with contextlib.suppress(FileExistsError):
            _write_new(place, numbered, content)
            return numbered
    raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))


def _write_new(place: int, name: str, content: bytes) -> None:
    handle = os.open(name, _NEW_FILE, 0o600, dir_fd=place)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _tell(folder: Path, error: OSError) -> BadInput:
    return BadInput(f"{folder} cannot be written: {error.strerror or error}")
