"""All tables in use: what checks ask. Answers come from mapped memory; `refresh` takes up what was replaced.

Checks get it in their kit. Finding is pure: no file is opened and no clock is read; between two refreshes the same
question has the same answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self

from gatepost.feeds.files import FEEDS_FOLDER, TABLE_SUFFIX, FeedFiles
from gatepost.feeds.names import Name, NameKind, ReadUrl, name_file, name_host, name_url
from gatepost.feeds.settings import FeedSettings, FeedsSettings, Threat
from gatepost.feeds.table import Table
from gatepost.feeds.trouble import FeedTrouble
from gatepost.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class Listing:
    """An answer: which list holds the thing, under which name."""

    feed: str
    threat: Threat
    name: Name


@dataclass(frozen=True, slots=True)
class _Shelved:
    feed: str
    threat: Threat
    table: Table
    identity: tuple[int, int, int]  # of the file


class FeedShelf:
    """The tables of the lists that the settings name; a list without a usable table is not there."""

    def __init__(self, state: Path | None, threats: Mapping[str, Threat]) -> None:
        self._files = [FeedFiles(state / FEEDS_FOLDER, name) for name in threats] if state else []
        self._threats = threats
        self._shelved: tuple[_Shelved, ...] = ()
        self._kinds: frozenset[NameKind] = frozenset()

    def refresh(self) -> list[str]:
        """Take up tables that are new; give a sentence for each that cannot be used (the former one stays in use)."""
        if not self._files:
            return []
        former = {one.feed: one for one in self._shelved}
        found, troubles = [], []
        for files in self._files:
            shelved = former.get(files.name)
            try:
                identity = _identify(files.table)
                if shelved is None or shelved.identity != identity:
                    shelved = _Shelved(files.name, self._threats[files.name], Table.open(files.table), identity)
            except FileNotFoundError:
                pass
            except FeedTrouble as error:
                troubles.append(f"the list {files.name} {error}")
            except OSError as error:
                troubles.append(f"the list {files.name} cannot be read: {error.strerror}")
            if shelved is not None:
                found.append(shelved)
        self._fill(found)
        return troubles

    def _fill(self, found: Iterable[_Shelved]) -> None:
        self._shelved = tuple(found)
        self._kinds = frozenset(kind for one in self._shelved for kind in one.table.kinds)

    @classmethod
    def hold(cls, tables: Iterable[tuple[Threat, Table]]) -> Self:
        """Give a shelf of these very tables, which no refresh changes."""
        shelf = cls(None, MappingProxyType({}))
        shelf._fill(_Shelved(table.info.name, threat, table, (0, 0, 0)) for threat, table in tables)
        return shelf

    def list_missing(self) -> list[str]:
        """Give a sentence for each list that the settings name and of which no table was ever there."""
        names = [files.name for files in self._files if not _is_there(files.table)]
        return [f"the list {name} has not been fetched yet" for name in names if name not in self.versions]

    def holds(self, kind: NameKind) -> bool:
        """Say whether any list names things of this kind."""
        return kind in self._kinds

    @property
    def is_in_use(self) -> bool:
        """Say whether the settings name any list."""
        return bool(self._files)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing can be found here."""
        return not self._shelved

    @property
    def versions(self) -> Mapping[str, str]:
        """Give the version of each table, by the name of its list."""
        return MappingProxyType({one.feed: one.table.info.sha256 for one in self._shelved})

    def is_suspicious(self, host: str) -> bool:
        """Say whether any list names a URL on this host; if not, its URLs need not be looked at one by one."""
        return self._find((Name(NameKind.SITE, host),)) is not None

    def find_url(self, url: ReadUrl) -> Listing | None:
        """Give the first list that names this very URL."""
        return self._find(name_url(url))

    def find_host(self, host: str) -> Listing | None:
        """Give the first list that names this host or one above it."""
        return self._find(name_host(host)) if NameKind.HOST in self._kinds else None

    def find_file(self, sha256: str) -> Listing | None:
        """Give the first list that names a file, by its hexadecimal SHA-256."""
        return self._find((name_file(sha256),))

    def _find(self, names: Iterable[Name]) -> Listing | None:
        for name in names:
            salt, key = b"", 0
            for one in self._shelved:
                table = one.table
                if name.kind not in table.kinds:
                    continue
                if table.salt != salt:  # one salt for all tables of an installation: the key is made once
                    salt, key = table.salt, name.make_key(table.salt)
                if table.holds(key):
                    return Listing(one.feed, one.threat, name)
        return None


def open_shelf(state: Path, settings: FeedsSettings) -> FeedShelf:
    """Give the shelf of a state folder, filled with what is there."""
    shelf = FeedShelf(state, {name: feed.threat for name, feed in settings.lists.items()})
    shelf.refresh()
    return shelf


@dataclass(frozen=True, slots=True)
class Recalled:
    """A shelf as it once was; `missing` are the lists whose tables of that time are no longer kept.

    In the place of each of those stands the present table, where there is one.
    """

    shelf: FeedShelf
    missing: tuple[str, ...]


def recall_shelf(state: Path, settings: FeedsSettings, versions: Mapping[str, str]) -> Recalled:
    """Give the tables with these versions, by the names of their lists."""
    tables, missing = [], []
    for name in sorted(versions, key=[*settings.lists, *versions].index):  # the first list that names a URL is told
        files, version = FeedFiles(state / FEEDS_FOLDER, name), versions[name]
        present, old = _open_or_none(files.table), _open_or_none(files.old_table(version))
        table = next((one for one in (present, old) if one and one.info.sha256 == version), None)
        if table is None:
            missing.append(name)
        if chosen := table or present:
            threat = settings.lists[name].threat if name in settings.lists else chosen.info.threat
            tables.append((threat, chosen))
    return Recalled(FeedShelf.hold(tables), tuple(missing))


def _open_or_none(path: Path) -> Table | None:
    try:
        return Table.open(path)
    except FeedTrouble:
        return None


def find_lists(state: Path) -> FeedsSettings:
    """Give the lists whose tables lie in a state folder, by what each table says of itself.

    A list whose table cannot be used is among them, so that `refresh` tells of it. Raises BadInput where nobody lets us
    look.
    """
    folder = state / FEEDS_FOLDER
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == TABLE_SUFFIX)
    except (FileNotFoundError, NotADirectoryError):
        paths = []
    except OSError as error:
        raise BadInput(f"the lists in {folder} cannot be read: {error.strerror}") from error
    found: dict[str, FeedSettings] = {}
    for path in paths:
        table = _open_or_none(path)
        threat = table.info.threat if table else Threat.PHISHING
        found[path.name.removesuffix(TABLE_SUFFIX)] = FeedSettings(file=str(path), threat=threat)
    return FeedsSettings(lists=found)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder that may not be entered: refresh tells it
        return True


def _identify(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


NO_FEEDS = FeedShelf(None, MappingProxyType({}))
