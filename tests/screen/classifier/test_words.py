"""Disguised words are read as people read them, and what tells the collection is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.screen.classifier.words import MAX_CHARS, clean_words, read_words
from screen_cases import write_mail


@pytest.mark.parametrize(
    "disguised",
    [
        "Verify your account",
        "ＶＥＲＩＦＹ your account",
        "Ver\u200bify your acc\u00adount",
        "Vеrify yоur аccоunt",
        "verify, your... account",
    ],
)
def test_disguised_words_are_read_as_people_read_them(disguised: str) -> None:
    assert clean_words("", disguised) == "verify your account"


def test_whole_words_of_another_script_stay_as_they_are() -> None:
    assert clean_words("", "привет мир") == "привет мир"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("see https://a.example/b?c now", "see qlink now"),
        ("mail ann@b.example or www.c.example", "mail qlink or qlink"),
        ("visit shop.example today", "visit qlink today"),
        ("<https://a.example>", "qlink"),
        ("order 12-345 of 2024", "order 0 of 0"),
        ("pay $20 now!!", "pay $ 0 now ! !"),
        ("Hi\n> old text\nnew text", "hi new text"),
        ("On Monday Ann wrote:\nyes", "yes"),
        ("Dear {{ name }}, hello", "dear hello"),
        ("end of sentence.Next one", "end of qlink one"),
    ],
)
def test_what_tells_nothing_is_left_out(body: str, words: str) -> None:
    assert clean_words("", body) == words


def test_marks_of_an_answer_are_cut_from_the_subject() -> None:
    assert clean_words("Re: AW: 回复：Oak", "") == "oak"


def test_the_recipients_name_is_left_out() -> None:
    raw = b"To: Ann Miller <ann.miller@b.example>\r\nSubject: Ann, your prize\r\n\r\nDear Miller, claim it\r\n"
    assert read_words(parse_message(raw)) == "your prize dear claim it"


def test_html_stands_before_a_plain_text_that_may_be_padding() -> None:
    raw = (
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\nplain\r\n--x\r\n"
        b"Content-Type: text/html\r\n\r\n<p>shown</p>\r\n--x--\r\n"
    )
    assert read_words(parse_message(raw)).split()[0] == "shown"


@given(st.text(max_size=200), st.text(max_size=2_000))
def test_any_text_becomes_words_one_space_apart(subject: str, body: str) -> None:
    words = clean_words(subject, body)
    assert len(words) <= MAX_CHARS
    assert words == " ".join(words.split())


@pytest.mark.parametrize("piece", ["a", "0 ", "https:", "а", "{{", "Aа", ">", "\u0301", "a.b", "re:", "wrote", "_"])
def test_no_repetition_takes_long(piece: str) -> None:
    assert len(clean_words(piece * 20_000, piece * 20_000)) <= MAX_CHARS


@pytest.mark.parametrize(
    "block",
    [
        "From: Ann <a@b.example>\nSent: Monday\nTo: Bo\nSubject: ",
        "De: Ana\nEnviado: lunes\nPara: Bo\nAsunto: ",
        "De: Ana <a@b.example>\nEnviada em: quarta-feira\nPara: Bo\nAssunto: ",
        "Von: Ann\nGesendet: Montag\nAn: Bo\nBetreff: ",
        "De : Anne\nEnvoyé : lundi\nÀ : Bo\nObjet : ",
        "发件人: 安\n发送时间: 星期一\n收件人: 波\n主题: ",
        "---------- Forwarded message ---------\n*From:* Ann\nDate: Monday\nSubject: ",
    ],
)
def test_what_mail_programs_write_above_a_forwarded_mail_says_nothing(block: str) -> None:
    assert clean_words("", f"look\n\n{block}a prize\n\nclaim it") == "look a prize claim it"


def test_a_letter_may_speak_of_senders_and_dates() -> None:
    text = "the lunch\nfrom: noon to one\ndate: monday"
    assert clean_words("", text) == "the lunch from noon to one date monday"


def test_what_is_written_in_the_colour_of_its_ground_is_not_read() -> None:
    page = (
        "<p>Claim your prize</p><div style='font-size:1px;color:#fff'>minutes of the meeting<br>about the garden</div>"
    )
    assert read_words(parse_message(write_mail(page, html=True))) == "claim your prize"


def test_what_stands_in_sight_twice_is_left_once() -> None:
    page = "<p>Claim your prize</p><p style='color:#fff'>Claim your prize</p>"
    assert read_words(parse_message(write_mail(page, html=True))) == "claim your prize"
