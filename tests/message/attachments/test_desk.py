"""What the desk allows, and what stays of a file that breaks its opener."""

import errno

import pytest

from archive_builders import pack
from archive_cases import NOTE, open_file
from file_samples import PDF, RAR, build_pe, build_zip
from gatepost.message.attachments.desk import (
    EVERY_KIND,
    EXHAUSTED,
    KEPT_FOR_OPENING,
    MAX_LINKS,
    MAX_TRAITS,
    MAX_TRAITS_OF_A_CODE,
    UNSEEN,
    Desk,
    File,
    Insides,
    Limits,
)
from gatepost.model.contents import FITTED, Opening, Trait
from gatepost.model.file_kinds import FileKind

DEFAULT = Limits()


class Splitter:
    """An opener for tests: the lines of a file are the files inside."""

    OPENS = frozenset({FileKind.TEXT})

    def look_inside(self, file: File, insides: Insides, desk: Desk) -> None:
        for number, line in enumerate(file.content.split(b"\n")):
            if line and line != file.content:
                desk.open_inside(file, insides, f"line {number}", line.replace(b"|", b"\n"))


class Breaker:
    """An opener for tests: sees one thing, then breaks."""

    OPENS = frozenset({FileKind.TEXT})

    def __init__(self, error: Exception) -> None:
        self.error = error

    def look_inside(self, file: File, insides: Insides, desk: Desk) -> None:  # noqa: ARG002 - called like all openers
        insides.note("test.seen", file.name)
        raise self.error


class Looker:
    """An opener for tests: looks at every file, and notes as what it was shown."""

    OPENS = EVERY_KIND

    def look_inside(self, file: File, insides: Insides, desk: Desk) -> None:  # noqa: ARG002 - called like all openers
        insides.note("test.looked", file.kind)


def build_splitter(limits: Limits = DEFAULT) -> Desk:
    return Desk(dict.fromkeys(FileKind, (Splitter(),)), limits=limits)


def test_files_inside_are_numbered_by_their_place() -> None:
    opened = build_splitter().open("2", "outer", b"a\nb|c\nd")
    assert [(file.path, file.size_bytes) for file in opened.walk()] == [
        ("2", 7), ("2:1", 1), ("2:2", 3), ("2:2.1", 1), ("2:2.2", 1), ("2:3", 1),
    ]  # fmt: skip


def test_past_the_depth_a_file_is_listed_and_not_opened() -> None:
    opened = build_splitter(Limits(depth=0)).open("2", "outer", b"a\nb|c")
    assert opened.opening is Opening.OPENED
    assert opened.files[1].opening is Opening.LIMIT
    assert opened.files[1].traits == (Trait(UNSEEN),)
    assert opened.files[1].files == ()


def test_past_the_count_the_rest_is_not_opened_and_what_was_found_stays() -> None:
    opened = build_splitter(Limits(files=2)).open("2", "outer", b"a\nb\nc\nd")
    assert opened.opening is Opening.LIMIT
    assert opened.traits[0] == Trait(UNSEEN, "line 2")
    assert len(opened.files) == 2


def test_the_bytes_of_all_files_together_have_a_limit() -> None:
    desk = build_splitter(Limits(total_bytes=5))
    assert desk.open("1", "", b"aaa\nbbb").opening is Opening.LIMIT
    assert desk.allowance_bytes == 2


def test_a_file_that_is_found_in_itself_is_not_opened_again() -> None:
    class Mirror(Splitter):
        def look_inside(self, file: File, insides: Insides, desk: Desk) -> None:
            desk.open_inside(file, insides, "the same", bytes(file.content))
            desk.open_inside(file, insides, "another", file.content + b"!")

    opened = Desk(dict.fromkeys(FileKind, (Mirror(),)), limits=Limits(depth=1)).open("1", "x", b"text")
    assert [(file.path, file.name) for file in opened.walk()] == [("1", "x"), ("1:1", "another"), ("1:1.1", "another")]


def test_a_damaged_file_is_broken_and_what_was_seen_before_stays() -> None:
    opened = Desk(dict.fromkeys(FileKind, (Breaker(ValueError("a secret of the mail")),))).open("1", "x", b"content")
    assert opened.opening is Opening.BROKEN
    assert [(trait.code, trait.text) for trait in opened.traits] == [
        ("test.seen", "x"), ("opening.broken", "ValueError"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EMFILE])
def test_what_the_system_refuses_is_not_the_fault_of_the_file(number: int) -> None:
    opened = Desk(dict.fromkeys(FileKind, (Breaker(OSError(number, "refused")),))).open("1", "x", b"content")
    assert (opened.opening, Trait(UNSEEN) in opened.traits) == (Opening.LIMIT, True)


def test_what_a_library_calls_an_error_of_the_system_is_damage() -> None:
    opened = Desk(dict.fromkeys(FileKind, (Breaker(OSError("image file is truncated")),))).open("1", "x", b"content")
    assert (opened.opening, Trait(UNSEEN) in opened.traits) == (Opening.BROKEN, False)


def test_memory_and_recursion_that_run_out_are_limits() -> None:
    for error in (MemoryError(), RecursionError()):
        opened = Desk(dict.fromkeys(FileKind, (Breaker(error),))).open("1", "x", b"content")
        assert opened.opening is Opening.LIMIT
        assert Trait(EXHAUSTED) in opened.traits


def test_what_stayed_closed_is_told_however_much_else_was_seen() -> None:
    insides = Insides()
    for number in range(2 * MAX_TRAITS):
        insides.note(f"test.{number}")
    insides.leave_unseen("rest")
    assert Trait(UNSEEN, "rest") in insides.traits
    assert len(insides.traits) <= MAX_TRAITS


def test_the_next_opener_still_looks_after_one_broke() -> None:
    openers = (Breaker(ValueError()), Splitter())
    assert len(Desk(dict.fromkeys(FileKind, openers)).open("1", "x", b"a\nb").files) == 2


def test_a_kind_that_nobody_opens_is_a_leaf_with_its_hash() -> None:
    opened = Desk({}).open("1", "x", b"abc")
    assert opened.opening is Opening.LEAF
    assert opened.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_who_looks_at_every_kind_opens_nothing_and_looks_past_the_depth() -> None:
    openers = (Looker(), Splitter())
    desk = Desk(dict.fromkeys(FileKind, openers), limits=Limits(depth=0))
    opened = desk.open("1", "x", b"a\nb|c")
    assert [(file.opening, bool(file.traits)) for file in opened.walk()] == [
        (Opening.OPENED, True), (Opening.LIMIT, True), (Opening.LIMIT, True),
    ]  # fmt: skip
    assert Desk(dict.fromkeys(FileKind, (Looker(),))).open("1", "x", b"a").opening is Opening.LEAF


def test_a_file_of_several_kinds_is_opened_as_each_and_told_so() -> None:
    opened = Desk(dict.fromkeys(FileKind, (Looker(),))).open("1", "a.pdf", build_zip("a.txt", prefix=PDF))
    assert opened.kind is FileKind.PDF
    assert [(trait.code, trait.text) for trait in opened.traits] == [
        ("kind.also", "zip"), ("kind.polyglot", "pdf, zip"), ("test.looked", "pdf"), ("test.looked", "zip"),
    ]  # fmt: skip


def test_a_program_with_its_archive_is_no_riddle() -> None:
    opened = Desk({}).open("1", "setup.exe", build_pe(RAR))
    assert [(trait.code, trait.text) for trait in opened.traits] == [("kind.also", "rar")]


def test_bytes_come_back_only_where_they_were_asked_for() -> None:
    desk = Desk({}, keeps=lambda file: file.name == "kept")
    assert desk.open("1", "kept", b"abc").content == b"abc"
    assert desk.open("2", "other", b"abc").content == b""


def test_what_is_noted_is_bounded_and_told_once() -> None:
    insides = Insides()
    for number in range(MAX_TRAITS + MAX_LINKS):
        insides.note(f"test.kind{number // 5}", str(number))
        insides.note(f"test.kind{number // 5}", str(number))
        insides.link(f"https://a.example/{number}")
    assert (len(insides.traits), len(insides.links)) == (MAX_TRAITS - KEPT_FOR_OPENING, MAX_LINKS)


def test_of_one_code_a_few_traits_are_kept_so_that_others_have_room() -> None:
    insides = Insides()
    for number in range(MAX_TRAITS):
        insides.note("test.many", str(number))
    insides.note("test.other")
    assert len(insides.traits) == MAX_TRAITS_OF_A_CODE + 1


class Opens:
    """An opener for tests: opens one file inside by one of the desk's ways."""

    OPENS = frozenset({FileKind.PDF})

    def __init__(self, way: str) -> None:
        self.way = way

    def look_inside(self, file: File, insides: Insides, desk: Desk) -> None:
        getattr(desk, self.way)(file, insides, "inner", b"content")


def build_opens(way: str) -> Desk:
    return Desk({FileKind.PDF: (Opens(way),)}, keeps=lambda file: file.is_unlocked)


def test_of_a_beginning_no_digest_is_told_for_it_is_not_the_files() -> None:
    (inner,) = build_opens("open_beginning").open("1", "", b"%PDF-").files
    assert (inner.opening, inner.sha256, inner.size_bytes) == (Opening.LIMIT, "", 7)


@pytest.mark.parametrize(
    ("beginning", "is_told"),
    [(b"%PDF-1.7\n", True), (b"PK\x03\x04" + bytes(30), True), (b"a note", False), (b"", True)],
)
def test_behind_a_beginning_may_lie_what_nobody_has_seen(beginning: bytes, is_told: bool) -> None:
    desk = Desk(dict.fromkeys(FileKind, (Looker(), Breaker(ValueError()))))
    outer, insides = File("1", "", b"outer", FileKind.TEXT), Insides()
    desk.open_beginning(outer, insides, "inner", beginning)
    assert (UNSEEN in {trait.code for trait in insides.files[0].traits}) == is_told


@pytest.mark.parametrize(("way", "content"), [("open_unlocked", b"content"), ("open_inside", b"")])
def test_what_a_password_opened_can_be_kept(way: str, content: bytes) -> None:
    opened = build_opens(way).open("1", "", b"%PDF-")
    assert [file.content for file in opened.walk()] == [b"", content]


def test_what_is_left_is_told_before_anything_is_unpacked() -> None:
    desk = build_opens("open_inside")
    before = desk.bytes_left
    desk.open("1", "", b"%PDF-")
    assert before - desk.bytes_left == 7


class Lock:
    """An opener for tests: a file that is locked until the desk knows its second line, and tells its third."""

    OPENS = frozenset({FileKind.TEXT})

    def __init__(self) -> None:
        self.tried: list[tuple[str, ...]] = []

    def look_inside(self, file: File, insides: Insides, desk: Desk) -> None:
        self.tried.append(desk.passwords)
        name, key, told = file.content.decode().split("\n")
        desk.told.tell(told)
        if key and key not in desk.passwords:
            insides.opening = Opening.LOCKED
        else:
            desk.open_inside(file, insides, name, name.encode() + b"\n\n")


def build_locks(passwords: tuple[str, ...] = (), limits: Limits = DEFAULT) -> tuple[Desk, Lock]:
    lock = Lock()
    return Desk({FileKind.TEXT: (lock,)}, passwords, limits), lock


def test_a_password_that_a_file_tells_opens_it() -> None:
    desk, lock = build_locks(limits=Limits(files=1))
    opened = desk.open("1", "", b"plan\nr2d2\npassword: r2d2")
    assert (opened.opening, [inner.name for inner in opened.files]) == (Opening.OPENED, ["plan"])
    assert len(lock.tried) == 2 + 1  # locked, then open, then what is inside


def test_it_also_opens_the_files_behind_but_takes_no_place_of_what_the_mail_says() -> None:
    desk, lock = build_locks(("c3po", "bb8"))
    told = " ".join(f"password: x{number}y" for number in range(60))
    desk.open("1", "", f"plan\n\n{told} password: r2d2".encode())
    assert desk.open("2", "", b"plan\nc3po\n").opening is Opening.OPENED
    assert desk.open("3", "", b"plan\nbb8\n").opening is Opening.OPENED
    assert desk.passwords == ("c3po", "bb8")
    assert desk.open("4", "", b"plan\nx0y\n").opening is Opening.OPENED
    assert {"c3po", "bb8", "x0y"} <= set(lock.tried[-2])


def test_what_stays_locked_is_not_tried_again_where_nothing_new_was_told() -> None:
    desk, lock = build_locks(("c3po",))
    assert desk.open("1", "", b"plan\nr2d2\n").opening is Opening.LOCKED
    assert lock.tried == [("c3po",)]


@pytest.mark.parametrize(
    ("password", "name", "told", "source"),
    [
        ("Zu7-tt", "a.zip", ("ladder", "Zu7-tt"), "password.in_mail"),
        ("Zu7-tt", "plan Zu7-tt.zip", ("ladder", "Zu7-tt"), "password.in_name"),
        ("infected", "infected.zip", ("ladder",), "password.common"),
        ("梯子", "a.zip", ("梯子",), "password.in_mail"),
    ],
)
@pytest.mark.parametrize("way", ["zipcrypt", "aes256"])
def test_which_password_fitted_is_told_and_where_it_stood(
    way: str, password: str, name: str, told: tuple[str, ...], source: str
) -> None:
    locked = pack("zip", {"a.txt": NOTE, "b.txt": NOTE}, password=password, options=f"encryption={way}")
    opened = open_file(locked, name, passwords=told)
    assert [trait for trait in opened.traits if trait.code.startswith(FITTED)] == [Trait(source, password)]


def test_a_password_that_another_file_tells_is_told_as_that() -> None:
    locked = pack("zip", {"plan.txt": NOTE}, password="Zu7-tt", options="encryption=aes256")
    opened = open_file(pack("zip", {"note.txt": b"The password is Zu7-tt.", "in.zip": locked}))
    assert [trait.code for trait in opened.files[1].traits if trait.code.startswith(FITTED)] == ["password.in_files"]
