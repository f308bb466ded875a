"""An answer is never larger than the gate takes, and can always be said."""

import dataclasses

import msgspec

from gatepost.model.contents import FoundLink, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import Keep
from gatepost.net.sandbox.child import encode_answer
from gatepost.net.sandbox.frames import MAX_VALUES_BYTES

MEGABYTE = 1024 * 1024
PLAIN = OpenedFile("1", "a", FileKind.ZIP, 5, Opening.OPENED)


def encoded(opened: OpenedFile, keep: Keep = Keep.NOTHING, content_bytes: int = MEGABYTE) -> OpenedFile:
    answer = encode_answer(opened, keep, content_bytes)
    assert len(answer) <= MAX_VALUES_BYTES + content_bytes
    return msgspec.msgpack.decode(answer, type=OpenedFile)


def inside(*contents: bytes) -> OpenedFile:
    files = (
        OpenedFile(f"1:{at}", "b", FileKind.TEXT, len(content), content=content)
        for at, content in enumerate(contents, 1)
    )
    return dataclasses.replace(PLAIN, files=tuple(files))


def test_an_answer_that_fits_is_left_as_it_is() -> None:
    opened = inside(b"one", b"two")
    assert encoded(opened, Keep.ALL) == opened


def test_bytes_for_which_there_is_no_room_are_left_out() -> None:
    opened = encoded(inside(bytes(700_000), bytes(700_000), b"small"), Keep.ALL)
    assert [len(file.content) for file in opened.files] == [700_000, 0, 5]
    assert [file.size_bytes for file in opened.files] == [700_000, 700_000, 5]


def test_too_much_inside_is_left_out_and_told() -> None:
    links = tuple(FoundLink("x" * 4_000) for _ in range(500))
    many = tuple(OpenedFile(f"1:{number}", "b", FileKind.TEXT, 1, links=links) for number in range(1, 8))
    opened = encoded(dataclasses.replace(PLAIN, traits=(Trait("a.b"),), files=many))
    assert (opened.opening, opened.traits, opened.files) == (Opening.LIMIT, (Trait("a.b"),), ())


def test_names_that_no_text_can_say_are_cleaned() -> None:
    opened = encoded(
        dataclasses.replace(
            inside(b"x"),
            name="a\udcff",
            traits=(Trait("a.b", "\ud800"),),
            links=(FoundLink("https://\udfff.example"),),
        )
    )
    assert (opened.name, opened.traits[0].text, opened.links[0].url) == ("a?", "?", "https://?.example")
