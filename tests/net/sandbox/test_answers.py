"""What a child says is taken only where a child of ours could have said it."""

import dataclasses

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.contents import FoundLink, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import FileToOpen, Keep
from gatepost.net.sandbox.answers import BadAnswerError, read_answer
from gatepost.net.sandbox.frames import MAX_FILES, MAX_VALUES_BYTES, pack_answer

FILE = FileToOpen("2", "a.zip", b"12345")
INNER = OpenedFile(
    "2:1", "b.txt", FileKind.TEXT, 3, traits=(Trait("x.y", "z"),), links=(FoundLink("https://a.example"),)
)
GOOD = OpenedFile("2", "a.zip", FileKind.ZIP, 5, Opening.OPENED, "ab" * 32, files=(INNER,))


def read(answer: OpenedFile, keep: Keep = Keep.NOTHING, *contents: bytes) -> OpenedFile:
    return read_answer(pack_answer(msgspec.msgpack.encode(answer), contents), FILE, keep)


def test_a_good_answer_is_taken_as_it_is() -> None:
    assert read(GOOD) == GOOD
    deeper = dataclasses.replace(INNER, files=(dataclasses.replace(INNER, path="2:1.1"),))
    assert read(dataclasses.replace(GOOD, files=(deeper,))).files == (deeper,)


def test_the_name_is_the_one_that_the_mail_says() -> None:
    assert read(dataclasses.replace(GOOD, name="harmless.txt")).name == "a.zip"


@pytest.mark.parametrize(
    "lie",
    [
        {"path": "1"},
        {"size_bytes": 6},
        {"size_bytes": -1},
        {"sha256": "xyz"},
        {"traits": (Trait("a b", ""),)},
        {"traits": (Trait("a.b", "x" * 201),)},
        {"traits": (Trait("opening.busy"),)},
        {"traits": (Trait("opening.down"),)},
        {"traits": tuple(Trait(f"a.b{number}") for number in range(201))},
        {"links": (FoundLink("x" * 5_000),)},
        {"links": (FoundLink("x"),) * 501},
        {"files": (dataclasses.replace(INNER, path="3:1"),)},
        {"files": (INNER, INNER)},
        {"files": (dataclasses.replace(INNER, name="x" * 501),)},
        {"content": b"x"},
        {"shown": (b"x",)},
        {"files": (dataclasses.replace(INNER, content=b"x"),)},
    ],
)
def test_a_lie_is_not_taken(lie: dict[str, object]) -> None:
    with pytest.raises(BadAnswerError):
        read(dataclasses.replace(GOOD, **lie))  # type: ignore[arg-type]


def test_bytes_are_taken_where_they_were_asked_for() -> None:
    with_bytes = dataclasses.replace(GOOD, files=(dataclasses.replace(INNER, content=b"abc"),))
    assert read(GOOD, Keep.UNLOCKED, b"", b"abc") == with_bytes
    for keep, contents in ((Keep.NOTHING, (b"", b"abc")), (Keep.UNLOCKED, (b"abc",)), (Keep.ALL, (b"",) * 3)):
        with pytest.raises(BadAnswerError):
            read(GOOD, keep, *contents)


def test_what_is_shown_is_put_to_its_file_and_taken_only_where_there_is_one() -> None:
    opened = read_answer(pack_answer(msgspec.msgpack.encode(GOOD), [], [(1, b"a"), (1, b"b")]), FILE, Keep.NOTHING)
    assert [(file.path, file.shown) for file in opened.walk()] == [("2", ()), ("2:1", (b"a", b"b"))]
    for shown in ([(2, b"a")], [(-1, b"a")], [(0, b"a")] * 65, [(0, bytes(5_000_000)), (1, bytes(5_000_000))]):
        with pytest.raises(BadAnswerError):
            read_answer(pack_answer(msgspec.msgpack.encode(GOOD), [], shown), FILE, Keep.NOTHING)


def test_room_for_bytes_is_none_for_values() -> None:
    with pytest.raises(BadAnswerError):
        read_answer(pack_answer(bytes(MAX_VALUES_BYTES + 1), []), FILE, Keep.ALL)
    with pytest.raises(BadAnswerError):
        read(GOOD, Keep.ALL, *[b""] * (MAX_FILES + 1))


def test_files_within_files_without_end_are_not_taken() -> None:
    inner = dataclasses.replace(INNER, path="2:1" + ".1" * 30)
    for depth in range(29, -1, -1):
        inner = dataclasses.replace(INNER, path="2:1" + ".1" * depth, files=(inner,))
    with pytest.raises(BadAnswerError):
        read(dataclasses.replace(GOOD, files=(inner,)))


def test_more_files_than_a_desk_opens_are_not_taken() -> None:
    many = tuple(dataclasses.replace(INNER, path=f"2:{number}") for number in range(1, 6_000))
    with pytest.raises(BadAnswerError):
        read(dataclasses.replace(GOOD, files=many))


def test_nesting_without_end_is_not_taken() -> None:
    fields = {name: value for name, value in msgspec.to_builtins(INNER).items() if name != "files"}
    outside = msgspec.msgpack.encode(fields)
    one = bytes([outside[0] + 1]) + outside[1:] + msgspec.msgpack.encode("files") + b"\x91"  # and in it the next
    with pytest.raises(BadAnswerError):
        read_answer(pack_answer(one * 20_000, []), FILE, Keep.NOTHING)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_none(answer: bytes) -> None:
    try:
        assert read_answer(answer, FILE, Keep.ALL).path == "2"
    except BadAnswerError:
        pass


@given(st.data())
def test_a_good_answer_with_a_spoiled_byte_is_an_answer_or_none(data: st.DataObject) -> None:
    answer = bytearray(pack_answer(msgspec.msgpack.encode(GOOD), [b"a", b"bc"]))
    place = data.draw(st.integers(0, len(answer) - 1))
    answer[place] = data.draw(st.integers(0, 255))
    try:
        assert read_answer(bytes(answer), FILE, Keep.ALL).size_bytes == 5
    except BadAnswerError:
        pass
