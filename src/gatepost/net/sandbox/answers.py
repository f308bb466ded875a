"""Reads what a child of the sandbox answers, and believes no more of it than its values.

Trust: a file may have taken over the child that opened it; so every size, number and path is checked again.
Fails: BadAnswerError for what no child of ours would say.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from gatepost.message.attachments.desk import MAX_LINK_CHARS, MAX_LINKS, MAX_NAME_CHARS, MAX_TRAITS
from gatepost.model.contents import MAX_TRAIT_CHARS, OpenedFile
from gatepost.model.ports import FileToOpen, Keep
from gatepost.net.sandbox.frames import MAX_FILES, MAX_SHOWN_BYTES, count_shown, unpack_answer

BUSY, DOWN = "opening.busy", "opening.down"  # traits of files that were not even tried: no child may say so
MAX_DEPTH = 20  # files within files; the desk opens fewer
MAX_SIZE_BYTES = 1 << 40
_CODE = re.compile(r"[!-~]{1,100}")
_SHA256 = re.compile(r"[0-9a-f]{64}|")
_Bytes = tuple[bytes, tuple[bytes, ...]]
_decode = msgspec.msgpack.Decoder(OpenedFile).decode


class BadAnswerError(Exception):
    """The child said what it must not say."""


def read_answer(answer: bytes, file: FileToOpen, keep: Keep) -> OpenedFile:
    """Give what the child says about this file."""
    try:
        values, contents, shown = unpack_answer(answer)
        opened = _decode(values)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadAnswerError from error
    if opened.path != file.path or opened.size_bytes != file.size_bytes:
        raise BadAnswerError
    count = 0
    for each in _walk(opened):
        count += 1
        if count > MAX_FILES or not _is_plausible(each):
            raise BadAnswerError
    if contents and (keep is Keep.NOTHING or len(contents) != count):
        raise BadAnswerError
    if (
        not all(0 <= number < count for number, _ in shown)
        or count_shown(entity for _, entity in shown) > MAX_SHOWN_BYTES
    ):
        raise BadAnswerError
    return replace(_fill(opened, _deal(contents, shown, count)), name=file.name[:MAX_NAME_CHARS])


def _deal(contents: Sequence[bytes], shown: Iterable[tuple[int, bytes]], count: int) -> Iterator[_Bytes]:
    """Give for each file its bytes, and what of it is shown."""
    entities: dict[int, tuple[bytes, ...]] = {}
    for number, entity in shown:
        entities[number] = (*entities.get(number, ()), entity)
    return ((contents[number] if contents else b"", entities.get(number, ())) for number in range(count))


def _fill(file: OpenedFile, contents: Iterator[_Bytes]) -> OpenedFile:
    """Put the bytes of files, which came apart from them, in their places."""
    content, shown = next(contents)
    return replace(file, content=content, shown=shown, files=tuple(_fill(inner, contents) for inner in file.files))


def _walk(file: OpenedFile, depth: int = 0) -> Iterator[OpenedFile]:
    if depth > MAX_DEPTH:
        raise BadAnswerError
    yield file
    for inner in file.files:
        yield from _walk(inner, depth + 1)


def _is_plausible(file: OpenedFile) -> bool:
    return (
        len(file.name) <= MAX_NAME_CHARS
        and 0 <= file.size_bytes <= MAX_SIZE_BYTES
        and _SHA256.fullmatch(file.sha256) is not None
        and len(file.traits) <= MAX_TRAITS
        and all(len(each.text) <= MAX_TRAIT_CHARS and _CODE.fullmatch(each.code) for each in file.traits)
        and all(each.code not in (BUSY, DOWN) for each in file.traits)
        and len(file.links) <= MAX_LINKS
        and all(len(each.url) <= MAX_LINK_CHARS for each in file.links)
        and not file.content
        and not file.shown
        and all(_lies_in(file.path, number, inner.path) for number, inner in enumerate(file.files, 1))
    )


def _lies_in(outer: str, number: int, inner: str) -> bool:
    """Say whether a path is that of the numbered file in another (model/contents.py OpenedFile)."""
    return inner == f"{outer}{'.' if ':' in outer else ':'}{number}"
