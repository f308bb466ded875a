"""Each coding in which scripts carry files is undone; what is none gives nothing; hostile text takes no time."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.web.codings import (
    MIN_NUMBERS,
    MIN_RUN_CHARS,
    decode_base64,
    decode_numbers,
    decode_percent,
    find_coded,
    spell_out,
)

FILE = b"PK\x03\x04" + bytes(range(256)) * 2
BASE64 = base64.b64encode(FILE).decode()


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (f"atob('{BASE64}')", "atob"),
        (f'<a href="data:application/zip;base64,{BASE64}">', "data"),
        (f"<a href='data:application/zip;base64,{BASE64.replace('=', '%3D')}'>", "data"),
        (f"var a = '{BASE64}'; atob(a)", "atob"),
        (f"var a = '{BASE64}'", "base64"),
        (f"<textarea>{chr(10).join(BASE64[i : i + 76] for i in range(0, len(BASE64), 76))}</textarea>", "base64"),
        (f"'{base64.urlsafe_b64encode(FILE).decode()}'", "base64"),
        (f"'{BASE64.rstrip('=')}'", "base64"),
        (f"'{BASE64[::-1]}'.split('').reverse()", "backwards"),
        (f"'{FILE.hex()}'", "hex"),
        (f"[{', '.join(map(str, FILE))}]", "numbers"),
        (f"[{','.join(map(hex, FILE))}]", "numbers"),
    ],
    ids=lambda value: value[:12],
)
def test_a_coding_is_undone(text: str, how: str) -> None:
    assert FILE in [coded.content for coded in find_coded(spell_out(text)) if coded.how == how]


@pytest.mark.parametrize("before", range(11))
@pytest.mark.parametrize("length", [MIN_RUN_CHARS - 1, MIN_RUN_CHARS, MIN_RUN_CHARS + 1])
def test_a_run_is_found_wherever_it_starts_by_its_length_alone(before: int, length: int) -> None:
    run = BASE64[:length]
    found = [coded.content for coded in find_coded(f"{'<' * before}{run}>{run}>") if coded.how == "base64"]
    assert found == [decode_base64(run)] * (2 if length >= MIN_RUN_CHARS else 0)


@pytest.mark.parametrize("before", range(11))
def test_hexadecimal_ends_where_no_letter_follows(before: int) -> None:
    digits = FILE.hex()[:MIN_RUN_CHARS]
    for text, count in ((f"{'<' * before}{digits}>", 1), (f"{'<' * before}{digits}q", 0), (f"q{digits}>", 0)):
        assert sum(coded.how == "hex" for coded in find_coded(text)) == count


@pytest.mark.parametrize("count", [MIN_NUMBERS - 1, MIN_NUMBERS])
def test_a_list_of_numbers_is_read_from_its_least_length_on(count: int) -> None:
    text = f"[{', '.join(map(str, range(count)))}]"
    assert [coded.content for coded in find_coded(text)] == ([bytes(range(count))] if count == MIN_NUMBERS else [])


def test_a_string_in_pieces_is_put_together() -> None:
    pieces = [BASE64[i : i + 30] for i in range(0, len(BASE64), 30)]
    for text in ("'" + "' + '".join(pieces) + "'", '["' + '", "'.join(pieces) + '"].join("")'):
        assert FILE in [coded.content for coded in find_coded(spell_out(text))]


def test_escapes_are_undone() -> None:
    assert spell_out(r"\x3cform\u003e\u{1f600}\n") == "<form>😀\\n"
    assert decode_percent("%3Cb%3E%u5BC6") == "<b>密".encode()
    assert [coded.content for coded in find_coded("unescape('%3Cform%3E')")] == [b"<form>"]


def test_text_for_readers_is_no_coding() -> None:
    text = "The meeting is on 1, 2, 3 and 4 May; see https://a.example/x and data: none. " * 40
    assert list(find_coded(spell_out(text))) == []


def test_numbers_that_are_no_bytes_are_letters() -> None:
    assert decode_numbers("23494, 30721") == "密码".encode()


def test_base64_that_is_cut_gives_what_is_there() -> None:
    assert decode_base64("QUJD RA") == b"ABCD"
    assert decode_base64("Q") == b""


@given(st.text(alphabet="atob('\"`)+,;data:base64%u\\x04AZ =[]0x1.join", max_size=300))
def test_any_text_gives_a_value(text: str) -> None:
    list(find_coded(spell_out(text)))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit", ['["a",', '"+"', "atob('A", "data:", "1,", "0x4", "%41", "unescape('", "A=", "41 ", "\\x4"]
)
def test_a_long_text_of_one_unit_takes_no_time(unit: str) -> None:
    list(find_coded(spell_out(unit * (400_000 // len(unit)))))


@pytest.mark.parametrize("quote", ['"', "'", "`"])
def test_a_quoted_data_url_goes_to_the_end_of_the_quote(quote: str) -> None:
    text = f"<embed src={quote}data:text/html,<form action=a><b>%41 b{quote}> more"
    assert [coded.content for coded in find_coded(text)] == [b"<form action=a><b>A b"]
    assert [coded.content for coded in find_coded("src=data:text/html,%41b more")] == [b"Ab"]


@pytest.mark.parametrize("between", ["','", '",\n  "', "'; text += '", "` + b + `", "'></i><i data-x='"])
def test_pieces_in_strings_of_their_own_are_put_together(between: str) -> None:
    coded = base64.b64encode(bytes(range(90))).decode()
    pieces = between.join(coded[start : start + 20] for start in range(0, len(coded), 20))
    quote = between[0]
    found = [one.content for one in find_coded(f"x = {quote}{pieces}{between[-1]};") if one.how == "pieces"]
    assert found == [bytes(range(90))]


def test_a_comment_hides_no_run() -> None:
    coded = base64.b64encode(bytes(range(150))).decode()
    assert bytes(range(150)) in [one.content for one in find_coded(f"<!--{coded}-->")]
