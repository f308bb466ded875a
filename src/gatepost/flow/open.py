"""Opens what a mail carries, in the sandbox, while the sender is proven; a mail that carries nothing never goes there.

Trust: the files are a stranger's; they are opened by another process.
Fails: never; what could not be opened is told in the contents.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from gatepost.message.ambiguity.read import read_otherwise
from gatepost.message.attachments.shown import is_file
from gatepost.message.message import Message, Part
from gatepost.message.passwords import find_passwords, is_box, may_be_locked
from gatepost.model.contents import NO_CONTENTS, Contents
from gatepost.model.networks import name_network
from gatepost.model.ports import FileToOpen, Keep, Opener, OpenOrder

MAX_FILES = 200
MARK_BYTES = 64  # in which a file says of which kind it is


def carries_files(message: Message) -> bool:
    """Say whether there is anything to open, in any reading of the mail."""
    return any(is_file(part) for part in message.walk()) or any(_find_others(message))


def find_files(message: Message) -> tuple[FileToOpen, ...]:
    """Give the parts that are files: all that is neither text to be read nor made of other parts.

    HTML that holds pictures or scripts within itself is one, too.
    What only other readings of the mail have comes last; its path begins with OTHER (message/ambiguity/pieces.py).
    """
    own = (_ask_for(part) for part in message.walk() if is_file(part))
    return (*islice(own, MAX_FILES), *find_other_files(message))


def find_other_files(message: Message) -> tuple[FileToOpen, ...]:
    """Give the files that only other readings of the mail have."""
    return tuple(_ask_for(part) for part in islice(_find_others(message), MAX_FILES))


def _find_others(message: Message) -> Iterator[Part]:
    return (part for other in read_otherwise(message) for part in other.root.children if is_file(part))


def _ask_for(part: Part) -> FileToOpen:
    return FileToOpen(part.path, part.filename, part.large or part.content, part.content_type)


def open_contents(message: Message, opener: Opener | None, keep: Keep = Keep.NOTHING, client_ip: str = "") -> Contents:
    """Open the files of one mail; blocks the calling thread while they are opened."""
    if opener is None or not carries_files(message):
        return NO_CONTENTS
    return opener.open(replace(make_order(message, keep), network=name_network(client_ip)))


def make_order(message: Message, keep: Keep = Keep.NOTHING) -> OpenOrder:
    """Say what is to be opened, and with which passwords; those are sought only where they could open something."""
    files = sorted(find_files(message), key=lambda file: is_box(file.read_beginning(MARK_BYTES)))
    may_need_any = any(may_be_locked(file.read_beginning(MARK_BYTES)) for file in files)
    passwords = find_passwords(message) if may_need_any else ()
    return OpenOrder(tuple(files), passwords, keep)
