"""Takes files out of one archive: within its room, with their names looked at, each opened further by the desk.

Trust: names and contents come from a stranger, who may have made a bomb of them.
Fails: LimitReachedError where no more is opened; what was found until then stays.
"""

from collections.abc import Iterator

from gatepost.message.attachments.archives.names import NameBook, find_name_tricks, leads_outside
from gatepost.message.attachments.desk import MAX_NAME_CHARS, RATIO_FLOOR_BYTES, Desk, File, Insides, LimitReachedError
from gatepost.model.contents import Opening

BEGINNING_BYTES = 1024 * 1024  # of a file too large to be opened: its kind is known by it


class Unpacking:
    """What is taken out of one archive."""

    def __init__(self, file: File, insides: Insides, desk: Desk) -> None:
        self.file = file
        self.insides = insides
        self.desk = desk
        self._most_bytes = max(RATIO_FLOOR_BYTES, desk.limits.ratio * len(file.content))
        self._bytes_at_start = desk.bytes_left
        self._names = NameBook()
        self._links: set[str] = set()
        self._contents: set[int] = set()

    def find_room(self, declared_bytes: int = 0) -> int:
        """Give how much the next file may have; of one that says it has more, only the beginning is unpacked.

        The limit is on all that lies in this archive, however deep.
        """
        room = min(self.desk.allowance_bytes, max(0, self._most_bytes - self._used_bytes))
        return room if declared_bytes <= room else min(room, BEGINNING_BYTES)

    @property
    def _used_bytes(self) -> int:
        return self._bytes_at_start - self.desk.bytes_left

    def add(self, name: str, content: bytes) -> None:
        """Open one file."""
        self._contents.add(hash(content))
        self.name(name)
        for trait in self._names.enter(name, content):
            self.insides.note(*trait)
        if content == self.file.content:
            self.insides.note("archive.bomb", "the archive holds itself")
        else:
            self.desk.open_inside(self.file, self.insides, name, content)
        self._note_bomb()

    def is_new(self, content: bytes) -> bool:
        """Say whether no file with this content was added before."""
        return hash(content) not in self._contents

    def add_rest(self, rest: bytes) -> None:
        """Open what belongs to no file of the archive, and may be one."""
        if len(rest) <= self.desk.allowance_bytes:
            self.desk.open_inside(self.file, self.insides, "", rest)

    def add_unlocked(self, name: str, content: bytes, password: str) -> None:
        """Open one file that this password has opened."""
        self._contents.add(hash(content))
        self.name(name)
        self.insides.note("archive.unlocked", name)
        self.desk.note_password(self.file, self.insides, password)
        self.desk.open_unlocked(self.file, self.insides, name, content)
        self._note_bomb()

    def add_beginning(self, name: str, content: bytes, declared_bytes: int, packed_bytes: int = 0) -> None:
        """Open the beginning of a file that is too large, and stop.

        `packed_bytes` are those that the declared ones came from, or, where nothing is declared, the content.
        """
        self.name(name)
        size = max(declared_bytes, len(content))
        is_dense = size > RATIO_FLOOR_BYTES and size > self.desk.limits.ratio * (packed_bytes or len(self.file.content))
        if is_dense or self._used_bytes + len(content) >= self._most_bytes:
            self.insides.note("archive.bomb", f"{size} bytes or more in {packed_bytes or len(self.file.content)}")
        beginning = content[:BEGINNING_BYTES]
        self.desk.spend(len(content) - len(beginning))
        self.insides.opening = Opening.LIMIT
        self.desk.open_beginning(self.file, self.insides, name, beginning)
        raise LimitReachedError

    def _note_bomb(self) -> None:
        if self._used_bytes >= self._most_bytes:
            self.insides.note("archive.bomb", f"{self._used_bytes} bytes in {len(self.file.content)}")

    def note_emptiness(self) -> None:
        """Tell that an archive was read to its end, and that no file lies in it."""
        if not self.insides.files and self.insides.opening is Opening.OPENED:
            self.insides.note("archive.empty")

    def name(self, name: str) -> None:
        """Look at the name of anything."""
        for trait in find_name_tricks(name):
            self.insides.note(*trait)
        if self._links and not self._links.isdisjoint(_find_folders(name)):
            self.insides.note("archive.through_link", name)

    def add_symlink(self, name: str, target: str) -> None:
        """Take up a symbolic link: its target counts from where it stands."""
        self.name(name)
        if leads_outside(name, target):
            self.insides.note("archive.link_outside", f"{name} -> {target}")
        self._links.add(name.rstrip("/"))

    def add_hardlink(self, name: str, target: str) -> None:
        """Take up a hard link: its target counts from the top of the archive."""
        self.name(name)
        if leads_outside("", target):
            self.insides.note("archive.link_outside", f"{name} -> {target}")


def _find_folders(name: str) -> Iterator[str]:
    """Give the folders on the way to a name."""
    place = name.find("/", 1)
    while 0 <= place < MAX_NAME_CHARS:
        yield name[:place]
        place = name.find("/", place + 1)
