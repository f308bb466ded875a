import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatepost.message.parameters import parse_disposition, parse_media_type, parse_parameters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("; a=b; C=d", {"a": "b", "c": "d"}),
        ('; a="b;c"; d=e', {"a": "b;c", "d": "e"}),
        ('; a="b\\"c"', {"a": 'b"c'}),
        ('; a="C:\\temp\\x.exe"', {"a": "C:\\temp\\x.exe"}),
        ("; a = b ;; ; c=d", {"a": "b", "c": "d"}),
        ("; a=b; a=c", {"a": "b"}),
        ("; noise; a=b", {"a": "b"}),
        ('; a="unclosed', {"a": "unclosed"}),
        ("; a=two words.txt; b=c", {"a": "two words.txt", "b": "c"}),
        ("; (comment) a=b", {"a": "b"}),
        ("", {}),
        (";=x", {}),
        ("; ;; (x) ; noise ;; a=b", {"a": "b"}),
        ('; name="=?utf-8?B?5L2g5aW9?="', {"name": "你好"}),
        ("; name*=utf-8''%E4%BD%A0", {"name": "你"}),
        ("; name*=gb2312'zh'%C4%E3", {"name": "你"}),
        ("; name*0*=utf-8''%E4%BD; name*1*=%A0; name*2=x", {"name": "你x"}),
        ("; name*1=b; name*0=a", {"name": "ab"}),
        ("; name*0=a.; name*99999=exe", {"name": "a.exe"}),
        ("; name=plain.txt; name*=utf-8''extended.txt", {"name": "extended.txt"}),
        ("; name*=%E4%BD%A0", {"name": "你"}),
    ],
)
def test_parameters_are_decoded(text: str, expected: dict[str, str]) -> None:
    assert parse_parameters(text) == expected


def test_a_raw_8_bit_parameter_is_guessed() -> None:
    assert parse_media_type(b'application/pdf; name="\xc4\xe3\xba\xc3.pdf"')[1] == {"name": "你好.pdf"}


@pytest.mark.parametrize(
    ("value", "token", "parameters"),
    [
        (b" Attachment; filename=x", "attachment", {"filename": "x"}),
        (b"attachment filename=x", "attachment", {"filename": "x"}),
        (b";\n filename=x", "", {"filename": "x"}),
        (b"filename=x", "", {"filename": "x"}),
        (b"", "", {}),
    ],
)
def test_dispositions_are_read_in_their_broken_forms(value: bytes, token: str, parameters: dict[str, str]) -> None:
    assert parse_disposition(value) == (token, parameters)


def test_no_more_parameters_are_read_than_the_limit() -> None:
    assert len(parse_parameters("".join(f"; p{number}=x" for number in range(1000)))) == 200


def skip(text: str, position: int, blanks: str) -> int:
    """Go on behind blanks and whole comments, a character at a time; a comment without an end is none."""
    while position < len(text):
        if text[position] in blanks:
            position += 1
        elif text[position] == "(":
            end = position + 1
            while end < len(text) and text[end] not in "()":
                end += 1
            if not text.startswith(")", end):
                return position
            position = end + 1
        else:
            return position
    return position


def skip_others(text: str, position: int, ends: str) -> int:
    while position < len(text) and text[position] not in ends:
        position += 1
    return position


def read_type_slowly(text: str) -> str:
    start = skip(text, 0, " \t")
    start += text.startswith('"', start)
    end = skip_others(text, start, ' \t;,"()<>@:\\/=')
    slash = skip(text, end, " \t")
    second = skip(text, slash + 1, " \t")
    second_end = skip_others(text, second, ' \t;,"()<>@:\\/=')
    if text.startswith("/", slash) and start < end and second < second_end:
        return f"{text[start:end]}/{text[second:second_end]}"
    start = skip(text, 0, " \t")
    rest = text[skip(text, start + 4, " \t") :] if text.startswith("text", start) else "none"
    return "" if rest and not rest.startswith(";") else "text/plain"


def read_pairs_slowly(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        start = skip(text, position, ";, \t")
        end = skip_others(text, start, ' \t=;"()')
        sign = len(text) - len(text[end:].lstrip(" \t"))
        if start == end or not text.startswith("=", sign):
            position = text.find(";", max(position + 1, start))
            if position < 0:
                break
            continue
        value, position = read_value_slowly(text, sign + 1)
        found.setdefault(text[start:end], value)
    return found


def read_value_slowly(text: str, position: int) -> tuple[str, int]:
    while text.startswith((" ", "\t"), position):
        position += 1
    closing = skip_others(text, position + 1, '"')
    if text.startswith('"', position):
        return text[position + 1 : closing], closing + 1
    end = skip_others(text, position, ";")
    return text[position:end].strip(), end


PIECES = st.lists(st.sampled_from(["(", "(", ")", " ", "\t", ";", ",", "=", '"', "/", "a", "b", "text", "(a)"]))


@given(PIECES.map("".join))
@example("(text")
@example("(a/b")
def test_a_type_is_read_as_by_going_from_character_to_character(text: str) -> None:
    assert parse_media_type(text.encode())[0] == read_type_slowly(text)


@given(PIECES.map("".join))
@example("b(  (a= ")
@example(";(a=b")
def test_parameters_are_read_as_by_going_from_character_to_character(text: str) -> None:
    assert parse_parameters(text) == read_pairs_slowly(text)


@given(PIECES.map("".join))
@example("(b1=1")
@example("(attachment")
def test_a_token_is_read_as_by_going_from_character_to_character(text: str) -> None:
    start = skip(text, 0, " \t")
    start += text.startswith('"', start)
    end = skip_others(text, start, ' \t;,"()=')
    behind = end + text.startswith('"', end)
    is_name = text[behind:].lstrip(" \t").startswith("=") and text[end:].lstrip(" \t").startswith("=")
    assert parse_disposition(text.encode())[0] == ("" if is_name else text[start:end])
