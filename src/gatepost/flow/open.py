"""Opens what a mail carries, in the sandbox, while the sender is proven; a mail that carries nothing never goes there.

Trust: the files are a stranger's; they are opened by another process.
Fails: never; what could not be opened is told in the contents.
"""

from itertools import islice

from gatepost.message.message import Message, Part
from gatepost.model.contents import NO_CONTENTS, Contents
from gatepost.model.ports import FileToOpen, Keep, Opener, OpenOrder

MAX_FILES = 200
_NOTHING_IN_IT = frozenset({"text/plain", "text/html", "text/calendar", "text/x-amp-html", "message/delivery-status"})


def carries_files(message: Message) -> bool:
    """Say whether there is anything to open; nothing is decoded for that."""
    return any(_is_file(part) for part in message.walk())


def find_files(message: Message) -> tuple[FileToOpen, ...]:
    """Give the parts that are files: all that is neither text to be read nor made of other parts."""
    parts = islice((part for part in message.walk() if _is_file(part)), MAX_FILES)
    return tuple(FileToOpen(part.path, part.filename, part.content, part.content_type) for part in parts)


def open_contents(message: Message, opener: Opener | None, keep: Keep = Keep.NOTHING) -> Contents:
    """Open the files of one mail; blocks the calling thread while they are opened."""
    if opener is None or not carries_files(message):
        return NO_CONTENTS
    return opener.open(OpenOrder(find_files(message), keep=keep))


def _is_file(part: Part) -> bool:
    if part.children or part.message is not None:
        return False
    return part.is_attachment or part.content_type not in _NOTHING_IN_IT
