"""Passwords are found where people write them, in many languages, the likeliest first."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.message.passwords import (
    MAX_FOUND,
    MAX_PASSWORD_CHARS,
    collect,
    find_passwords,
    find_told,
    is_box,
    may_be_locked,
)
from screen_cases import write_attachment, write_mail


def find(body: str, *, html: bool = False, head: str = "") -> tuple[str, ...]:
    return find_passwords(parse_message(write_mail(body, html=html, head=head)))


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("The password to open it is: Zu7-tt!", "Zu7-tt!"),
        ("The password to open it is: Zu7-tt.", "Zu7-tt"),
        ("Password - `ladder9`", "ladder9"),
        ("Your key:\nPASSWORD\n\n  R2D2c3po \nthanks", "R2D2c3po"),
        ("use 998877 as the password for the archive", "998877"),
        ("pw 1234", "1234"),
        ("PIN=4711", "4711"),
        ("passcode → k-9", "k-9"),
        ("附件为发票，解压密码是abc123，请查收。", "abc123"),
        ("解压密码：8866", "8866"),
        ("解壓密碼：『梯子八八』", "梯子八八"),
        ('Das Passwort lautet "Grünes Haus".', "Grünes Haus"),
        ("Kennwort: Leiter1", "Leiter1"),
        ("Le mot de passe est 4455.", "4455"),
        ("La contraseña es: escalera7", "escalera7"),
        ("A senha é escada7", "escada7"),
        ("La parola d'ordine è scala7", "scala7"),
        ("Пароль к архиву: Zima2025", "Zima2025"),
        ("パスワードは hana77 です", "hana77"),
        ("비밀번호: k9k9", "k9k9"),
        ("Het wachtwoord is trap99", "trap99"),
        ("Hasło: drabina5", "drabina5"),
        ("Şifre: merdiven3", "merdiven3"),
    ],
)
def test_what_stands_near_the_word_is_among_the_first(text: str, password: str) -> None:
    assert password in find(f"Dear Nora,\n\nsee the file, please.\n{text}\n\nAnn\n")[:6]


def test_a_table_in_html_is_read_as_a_reader_sees_it() -> None:
    assert "Zu7-tt" in find("<table><tr><td>Password</td><td><b>Zu7-tt</b></td></tr></table>", html=True)[:3]


def test_the_subject_is_read() -> None:
    assert "4711" in find("See the file.", head="Subject: Invoice, password 4711\r\n")


def test_the_name_of_a_file_may_hold_it() -> None:
    found = find_passwords(parse_message(write_attachment("Invoice (pass 8866).zip", b"x")))
    assert "8866" in found


def test_of_a_mail_of_a_few_words_each_may_be_the_password() -> None:
    assert "ladder" in find("ladder")


def test_ordinary_mail_of_some_length_gives_next_to_nothing() -> None:
    assert find("The ladder stands behind the house, and Ann will bring the paint on Monday. " * 5) == ()


def test_for_a_picture_no_password_is_sought() -> None:
    assert [may_be_locked(content) for content in (b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"")] == [
        False, False, True, True,
    ]  # fmt: skip


def test_each_is_given_once_and_no_more_than_the_limit() -> None:
    assert collect(["a1", "(a1)", "x", "y" * 100]) == ("a1", "(a1)")
    assert len(collect(str(number) for number in range(10, 500))) == MAX_FOUND


@pytest.mark.parametrize(
    "text", ["pass" * 25_000, "[(" * 50_000, "1a" * 50_000, "mot " + " " * 99_000, "密码" * 50_000]
)
def test_a_hostile_text_costs_little(text: str) -> None:
    message = parse_message(write_mail(text))
    assert message.text
    start = time.process_time()
    find_passwords(message)
    assert time.process_time() - start < 1


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_candidates_within_the_limits(text: str) -> None:
    found = find(text, head="Subject: password\r\n")
    assert all(2 <= len(candidate) <= MAX_PASSWORD_CHARS for candidate in found)
    assert len(found) == len(set(found)) <= MAX_FOUND


def test_what_may_be_locked_is_opened_after_what_may_tell_how() -> None:
    assert [is_box(content) for content in (b"PK\x03\x04", b"%PDF-1.7", b"Open it with 4711", b"<html>", b"")] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_a_text_that_tells_many_keeps_out_neither_another_text_nor_a_name() -> None:
    decoys = ["".join(f"password: d{text}x{number} " for number in range(9)) for text in range(20)]
    found = find_told([*decoys, "password: Ladder-88"], ["offer 4711.zip"])
    assert len(found) == MAX_FOUND
    assert {"Ladder-88", "4711"} <= set(found)
