import pytest

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
