"""A sender is asked how programs may read it; what each answer means is tested with the check (`sender_display`)."""

import inspect

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatepost.message.addresses import parse_mailboxes
from gatepost.message.parse import parse_message
from gatepost.screen.written_sender import MAX_VALUE_BYTES, WrittenSender, is_ordinary, read_sender
from screen_cases import build_tables, write_mail

TABLES = build_tables().tables
QUESTIONS = [
    name
    for name, value in vars(WrittenSender).items()
    if inspect.isfunction(value) and not name.startswith("_") and name != "find_stranger"
]


def read(sender: str) -> WrittenSender:
    message = parse_message(write_mail(sender=sender))
    return read_sender(message.all_headers("from")[0], message, TABLES)


@pytest.mark.parametrize(
    ("sender", "ordinary"),
    [
        ("Ann Lee <ann@woodwork.example>", True),
        ("ann@woodwork.example", True),
        ('"Lee, Ann (Oak & Elm)" <ann@woodwork.example>', True),
        ('""<ann@woodwork.example>', True),
        ("ann@woodwork.example (Ann Lee)", True),
        ("ann@woodwork.example <ann@woodwork.example>", True),
        ("ann@woodwork.example, <ann@woodwork.example>", False),
        ('"Ann \\" Lee" <ann@woodwork.example>', False),
        ('"Ann   Lee" <ann@woodwork.example>', False),
        ('"=?utf-8?q?Ann?=" <ann@woodwork.example>', False),
        ("Änn <ann@woodwork.example>", False),
        ("ann@woodwork.example (bo@tea-house.example)", False),
        ("Ann <ann@woodwork.example>, Bo <bo@tea-house.example>", False),
    ],
)
def test_ordinary_forms_are_told_apart(sender: str, *, ordinary: bool) -> None:
    assert is_ordinary(read(sender).header) is ordinary


@given(
    st.from_regex(
        r"([ -~\t]{0,12}|\"[ -~]{0,12}\" ?)(<[ -~]{1,20}@[a-z.]{1,8}>|a@b\.c( \([ -~]{0,9}\))?)", fullmatch=True
    )
)
def test_an_ordinary_sender_gives_no_answer_to_any_question(sender: str) -> None:
    written = read(sender)
    if is_ordinary(written.header):
        assert [name for name in QUESTIONS if getattr(written, name)()] == []


def test_the_mailboxes_are_those_of_the_header() -> None:
    message = parse_message(b"From: a@b.example\r\n" + write_mail(sender="Ann <ann@woodwork.example>, c@d.example"))
    first, second = (read_sender(header, message, TABLES) for header in message.all_headers("from"))
    assert [box.address for box in first.mailboxes] == ["a@b.example"]
    assert [box.address for box in second.mailboxes] == ["ann@woodwork.example", "c@d.example"]
    assert second.mailboxes == parse_mailboxes(second.header)
    assert second.domain == "woodwork.example"
    assert second.local_parts == ("ann", "c")


def test_of_a_huge_sender_the_beginning_is_read() -> None:
    sender = read("a@b.example, " * MAX_VALUE_BYTES)
    assert len(sender.written) <= MAX_VALUE_BYTES
    assert 0 < len(sender.mailboxes) <= MAX_VALUE_BYTES // 13 + 1


def test_an_address_in_comments_is_put_together_before_it_is_asked_about() -> None:
    assert read("<=(c)?utf-8?q?admin=40bank.example?=>").is_encoded()


def test_a_stranger_is_an_address_of_another_organisation() -> None:
    sender = read("Ann <ann@mail.woodwork.example>")
    assert sender.find_stranger("ask bo@woodwork.example or nora@mill.example") == "nora@mill.example"
    assert sender.find_stranger("ask bo@woodwork.example") == ""


@given(st.text(max_size=60))
def test_any_sender_can_be_asked(sender: str) -> None:
    written = read(sender.replace("\r", "").replace("\n", ""))
    for name in QUESTIONS:
        getattr(written, name)()


@given(st.lists(st.sampled_from([" ", "a", "b.", "   ", "!"])).map("".join))
@example("ann  ")
def test_a_quoted_name_is_ordinary_unless_blanks_stand_together(name: str) -> None:
    header = read(f'"{name}" <ann@woodwork.example>').header
    assert is_ordinary(header) is ("  " not in name)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ['"\\', "(\\", '(\\"', "=?a?q?", '<"\\'])
def test_no_sender_of_one_unit_takes_long(unit: str) -> None:
    for _ in range(60):
        written = read((unit * MAX_VALUE_BYTES)[:MAX_VALUE_BYTES])
        assert len([getattr(written, name)() for name in QUESTIONS]) == len(QUESTIONS)
