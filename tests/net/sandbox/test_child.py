"""An answer is never larger than the gate takes, and can always be said."""

import dataclasses

import pytest

from gatepost.model.contents import NOT_KEPT, FoundLink, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import FileToOpen, Keep
from gatepost.net.sandbox.answers import read_answer
from gatepost.net.sandbox.child import encode_answer
from gatepost.net.sandbox.frames import LEAST_VALUES_BYTES, Room

MEGABYTE = 1024 * 1024
UNSEEN = Trait("opening.unseen")
PLAIN = OpenedFile("1", "a", FileKind.ZIP, 5, Opening.OPENED)


def encoded(opened: OpenedFile, keep: Keep = Keep.NOTHING, values_bytes: int = 4 * MEGABYTE) -> OpenedFile:
    room = Room(values_bytes, 0 if keep is Keep.NOTHING else MEGABYTE, MEGABYTE)
    answer = encode_answer(opened, room)
    assert len(answer) <= room.all_bytes
    return read_answer(answer, FileToOpen(opened.path, opened.name, bytes(opened.size_bytes)), keep)


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
    assert [file.traits for file in opened.files] == [(), (Trait(NOT_KEPT),), ()]


def test_what_is_shown_as_the_mail_comes_back_and_where_there_is_no_room_that_is_told() -> None:
    shown = dataclasses.replace(inside(b"", b"", b""), shown=(b"one", b"two"))
    assert encoded(shown) == shown
    large = (
        dataclasses.replace(file, shown=(bytes(size),)) for file, size in zip(shown.files, (9, 900_000, 8), strict=True)
    )
    opened = encoded(dataclasses.replace(shown, files=tuple(large)))
    assert [len(file.shown) for file in opened.walk()] == [2, 1, 0, 1]
    assert [(file.opening, file.traits) for file in opened.files] == [
        (Opening.LEAF, ()), (Opening.LIMIT, (UNSEEN,)), (Opening.LEAF, ()),
    ]  # fmt: skip


def test_too_much_inside_is_left_out_and_told() -> None:
    links = tuple(FoundLink("x" * 4_000) for _ in range(500))
    many = tuple(OpenedFile(f"1:{number}", "b", FileKind.TEXT, 1, links=links) for number in range(1, 8))
    opened = encoded(dataclasses.replace(PLAIN, traits=(Trait("a.b"),), files=many))
    assert (opened.opening, opened.traits, opened.files) == (Opening.LIMIT, (Trait("a.b"), UNSEEN), many[:2])


@pytest.mark.parametrize("grave", [{"traits": (Trait("signature.eicar"),)}, {"shown": (b"text",)}])
def test_what_is_known_to_be_bad_or_shown_is_left_out_last_and_programs_before_it(grave: dict[str, object]) -> None:
    links = tuple(FoundLink("x" * 4_000) for _ in range(400))
    text = OpenedFile("1:1", "text", FileKind.TEXT, 1, links=links)
    program = dataclasses.replace(text, name="program", kind=FileKind.PE)
    known = dataclasses.replace(text, name="known", **grave)  # type: ignore[arg-type]
    around = dataclasses.replace(text, name="around", links=(), files=(text, known))
    numbered = tuple(dataclasses.replace(each, path=f"1:{at}") for at, each in enumerate((text, text, program), 1))
    inner = tuple(dataclasses.replace(each, path=f"1:4.{at}") for at, each in enumerate(around.files, 1))
    opened = encoded(
        dataclasses.replace(PLAIN, files=(*numbered, dataclasses.replace(around, path="1:4", files=inner)))
    )
    assert [(file.path, file.name) for file in opened.walk()] == [
        ("1", "a"), ("1:1", "program"), ("1:2", "around"), ("1:2.1", "known"),
    ]  # fmt: skip
    assert [file.opening for file in opened.walk()] == [Opening.LIMIT, Opening.LEAF, Opening.LIMIT, Opening.LEAF]


def test_an_answer_fits_into_the_least_room_that_there_is() -> None:
    traits = tuple(Trait("a." + "b" * 90, f"{number}" + "\N{GRINNING FACE}" * 190) for number in range(200))
    large = dataclasses.replace(PLAIN, name="\N{GRINNING FACE}" * 500, traits=traits, opening=Opening.LOCKED)
    opened = encoded(large, values_bytes=LEAST_VALUES_BYTES)
    assert (opened.opening, opened.traits) == (Opening.LIMIT, (UNSEEN,))
    assert encoded(large).traits == traits


def test_bytes_come_back_beside_the_largest_values() -> None:
    links = tuple(FoundLink("x" * 4_000) for _ in range(500))
    large = dataclasses.replace(inside(bytes(900_000)), links=links)
    assert encoded(large, Keep.ALL) == large


def test_names_that_no_text_can_say_are_cleaned() -> None:
    opened = encoded(
        dataclasses.replace(
            inside(b"x"),
            name="a\udcff",
            traits=(Trait("a.b", "\ud800"),),
            links=(FoundLink("https://\udfff.example"),),
        )
    )
    assert (opened.traits[0].text, opened.links[0].url) == ("?", "https://?.example")
