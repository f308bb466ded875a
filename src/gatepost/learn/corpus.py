"""Reads a folder of labelled mail: `manifest.csv` and one `<group>.tar.zst` (or folder) for each group.

Trust: the mails are hostile; they are read as bytes and parsed by our own parser, nothing in them is opened.
Fails: BadSettings where the folder is no corpus.
"""

import csv
import hashlib
import tarfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import zstandard

from gatepost.model.errors import BadSettings

MAX_WINDOW_BYTES = 1 << 28  # archives may be packed with --long=27
MAX_MAIL_BYTES = 50_000_000
_NEEDED = ("id", "file", "source", "label", "month", "split", "lang", "simhash")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the manifest says about one mail. `label` is ham, spam or phish; the last two are unwanted."""

    mail_id: str
    file: str
    source: str
    label: str
    month: str  # "2024-06", or a year
    split: str  # train or dev
    language: str
    simhash: str

    @property
    def is_bad(self) -> bool:
        """Say whether the mail is unwanted."""
        return self.label != "ham"


@dataclass(frozen=True, slots=True)
class Corpus:
    """One folder of labelled mail."""

    folder: Path
    entries: tuple[Entry, ...]
    digests: Mapping[str, str]  # SHA-256 of the manifest and of each archive

    def read_mails(self) -> Iterator[tuple[Entry, bytes]]:
        """Give all mails, archive by archive in the order of their names, each archive in its own order."""
        wanted: dict[str, dict[str, Entry]] = defaultdict(dict)
        for entry in self.entries:
            wanted[entry.file.partition("/")[0]][entry.file] = entry
        for group, entries in sorted(wanted.items()):
            for file, raw in _read_group(self.folder, group):
                if (known := entries.get(file)) is not None:
                    yield known, raw


def open_corpus(folder: Path) -> Corpus:
    """Read the manifest and take the digests of all files."""
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        raise BadSettings(f"{folder}: there is no manifest.csv, so this is no corpus of labelled mail.")
    with manifest.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if missing := [name for name in _NEEDED if name not in (reader.fieldnames or ())]:
            raise BadSettings(f"{manifest}: the columns {', '.join(missing)} are missing.")
        entries = tuple(
            Entry(
                mail_id=row["id"],
                file=row["file"],
                source=row["source"],
                label=row["label"],
                month=row["month"],
                split=row["split"],
                language=row["lang"],
                simhash=row["simhash"],
            )
            for row in reader
        )
    archives = sorted(folder.glob("*.tar.zst"))
    return Corpus(folder, entries, {path.name: _take_digest(path) for path in (manifest, *archives)})


def _read_group(folder: Path, group: str) -> Iterator[tuple[str, bytes]]:
    archive = folder / f"{group}.tar.zst"
    if not archive.is_file():
        for path in sorted((folder / group).glob("*.eml")):
            yield f"{group}/{path.name}", path.read_bytes()
        return
    unpacker = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES)
    with (
        archive.open("rb") as packed,
        unpacker.stream_reader(packed) as stream,
        tarfile.open(fileobj=stream, mode="r|") as tar,
    ):
        for member in tar:
            content = tar.extractfile(member) if member.size <= MAX_MAIL_BYTES else None
            if content is not None:
                yield member.name.removeprefix("./"), content.read()


def _take_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
