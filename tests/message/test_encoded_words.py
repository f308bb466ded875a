import pytest

from gatepost.message.encoded_words import decode_value, decode_words, unfold


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b" plain ", "plain"),
        (b"=?utf-8?B?5L2g5aW9?=", "你好"),
        (b"=?GB2312?B?xOO6ww==?=", "你好"),
        (b"=?utf-8?q?a_b=20c?=", "a b c"),
        (b"=?utf-8*en?q?a?=", "a"),
        (b"a =?utf-8?q?b?= c", "a b c"),
        (b"a=?utf-8?q?b?=c", "abc"),  # no blanks around it: clients decode it all the same
        (b"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?q?a?=\r\n =?iso-8859-1?q?=E9?=", "aé"),
        (b"=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        (b"=?utf-8?B?5L2g5Q==?= =?utf-8?B?pb0=?=", "你好"),  # a character split between words
        (b"=?utf-8?Q?=E4=BD?=\n\t=?utf-8?Q?=A0?=", "你"),
        (b"=?utf-8?B?5L2?= =?utf-8?B?g5aW9?=", "你好"),  # base64 split between words
        (b"=?utf-8?q?two words?=", "two words"),  # blanks inside
        (b"=?utf-8?Q?=E4=BD=A0", "=?utf-8?Q?=E4=BD=A0"),  # no end
        (b"=?x?= =?utf-8?q?a?=", "=?x?= a"),
        (b"=?=?utf-8?q?a?=", "=?a"),
        (b"=?utf-8?q??=", ""),
        (b"=?unknown?q?a?=", "a"),
        (b"=?utf-8?q?a=0D=0AB:_c?=", "a  B: c"),  # no line end ever comes out of a word
        (b"caf\xc3\xa9", "café"),
        (b"\xc4\xe3\xba\xc3", "你好"),
        (b"caf\xe9 \xe0 la", "café à la"),
    ],
)
def test_values_are_read_as_clients_show_them(value: bytes, text: str) -> None:
    assert decode_value(value) == text


@pytest.mark.parametrize(
    ("value", "line"),
    [(b" a\r\n b", b"a b"), (b"a\n\tb\n \n c", b"a b c"), (b"a\rb", b"a b"), (b"", b""), (b"a  b", b"a  b")],
)
def test_folded_lines_are_joined_by_one_space(value: bytes, line: bytes) -> None:
    assert unfold(value) == line


def test_text_without_words_stays_as_it_is() -> None:
    assert decode_words("=? not one ?=") == "=? not one ?="
