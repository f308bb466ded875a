"""Opens a file with one opener alone, as the desk would, and shows what was found in it."""

from gatepost.message.attachments.desk import Desk, Limits, Opener
from gatepost.model.contents import LinkSource, OpenedFile
from gatepost.model.file_kinds import FileKind

ORDINARY = Limits()


def open_alone(
    opener: object, content: bytes, name: str = "", *, passwords: tuple[str, ...] = (), limits: Limits = ORDINARY
) -> OpenedFile:
    """Open with one module of openers/, whatever kind the file seems to be; bytes of files inside are kept."""
    look: Opener = opener  # type: ignore[assignment]
    table = {kind: (look,) if kind in look.OPENS else () for kind in FileKind}
    return Desk(table, passwords, limits, keeps=lambda file: file.depth > 0).open("1", name, content)


def codes(file: OpenedFile) -> set[str]:
    return {trait.code for trait in file.traits}


def texts(file: OpenedFile, code: str) -> list[str]:
    return [trait.text for trait in file.traits if trait.code == code]


def links(file: OpenedFile, source: LinkSource | None = None) -> list[str]:
    return [link.url for link in file.links if source in (None, link.source)]
