import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.charset import decode_text, find_codec, guess_text, read_text
from gatepost.message.charset_labels import CODECS

CHINESE = "你好，世界。这是一封信。"


@given(st.binary(), st.sampled_from(sorted(CODECS)) | st.text(max_size=20))
def test_any_bytes_with_any_label_are_text_without_surrogates(data: bytes, label: str) -> None:
    decode_text(data, label).encode("utf-8")


@pytest.mark.parametrize("codec", sorted(set(CODECS.values())))
def test_every_codec_exists_and_decodes_what_it_encodes(codec: str) -> None:
    assert "abc".encode(codec).decode(codec) == "abc"


@pytest.mark.parametrize(
    ("data", "label", "text", "defect"),
    [
        (CHINESE.encode("gb18030"), "gb2312", CHINESE, ""),
        ("镕".encode("gb18030"), "gb2312", "镕", ""),  # not in GB 2312, yet sent so labelled
        ("𠮷".encode("gb18030"), "GBK", "𠮷", ""),
        ("中文".encode("big5"), "big5", "中文", ""),
        ("香港㗎".encode("big5hkscs"), "Big5", "香港㗎", ""),
        ("日本語".encode("iso2022_jp"), "ISO-2022-JP", "日本語", ""),
        ("日本語".encode("cp932"), "shift_jis", "日本語", ""),
        ("한국어".encode("cp949"), "ks_c_5601-1987", "한국어", ""),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет", ""),
        ("Привет".encode("cp1251"), "windows-1251", "Привет", ""),
        (b"\x93quoted\x94", "iso-8859-1", "“quoted”", ""),
        (b"caf\xe9", "Latin1", "café", ""),
        ("café".encode(), "utf-8", "café", ""),
        ("café".encode(), '"UTF8"', "café", ""),
        ("café".encode(), "iso-8859-1", "café", "charset.wrong_label"),
        (CHINESE.encode(), "gb2312", CHINESE, "charset.wrong_label"),
        (CHINESE.encode("gb18030"), "utf-8", CHINESE, "charset.wrong_label"),
        ("aé".encode() + b"\xff", "utf-8", "aé\ufffd", "charset.invalid_bytes"),
        ("café".encode(), "us-ascii", "café", "charset.unlabelled"),
        ("café".encode(), "", "café", "charset.unlabelled"),
        (b"caf\xe9", "", "café", "charset.unlabelled"),
        ("café".encode(), "x-nonsense", "café", "charset.unknown"),
        (b"abc", "x-nonsense", "abc", "charset.unknown"),
        (b"abc", "", "abc", ""),
        (b"+ADw-script+AD4-", "utf-7", "<script>", "charset.utf7"),
        (b"+ADw-script+AD4-", "utf-8", "+ADw-script+AD4-", ""),
        (b"+ADw-script+AD4-", "", "+ADw-script+AD4-", ""),
        (b"\xef\xbb\xbfabc", "iso-8859-1", "abc", ""),
        ("ab".encode("utf-16"), "utf-8", "ab", ""),
        ("ab".encode("utf-16-le"), "utf-16le", "ab", ""),
        ("ab".encode("utf-16-be"), "utf-16", "ab", ""),
        ("ab".encode("utf-16-be"), "unicode", "ab", ""),
        ("ab".encode("utf-32-be"), "utf-32", "ab", ""),
        ("ab".encode("utf-32-le"), "utf-32", "ab", ""),
        ('<a href="x">'.encode("cp500"), "ibm500", '<a href="x">', ""),
        (b"plain", "ibm037", "plain", "charset.wrong_label"),
        ("こんにちは".encode("iso2022_jp"), "", "こんにちは", "charset.unlabelled"),
        (b"a\x1b(Bb", "us-ascii", "ab", "charset.wrong_label"),
        (b"a\x1b[1mb", "us-ascii", "a\x1b[1mb", ""),
        (b"\x1b$)A\x0eDc:C\x0f ~ok", "iso-2022-cn", "你好 ~ok", ""),
        (b"a\x0fb", "iso-2022-cn", "ab", ""),
        (b"plain", "utf-16", "plain", "charset.wrong_label"),
        (CHINESE.encode(), "iso-2022-jp", CHINESE, "charset.wrong_label"),
        (b"a\x81", "shift_jis", "a\ufffd", ""),
    ],
)
def test_labels_are_believed_as_far_as_the_bytes_bear_them_out(data: bytes, label: str, text: str, defect: str) -> None:
    found = read_text(data, label)
    assert (found.text, found.defect) == (text, defect)


@pytest.mark.parametrize("label", ["idna", "punycode", "unicode_escape", "rot13", "undefined", "mbcs", "x" * 10_000])
def test_python_has_codecs_that_are_no_charsets(label: str) -> None:
    assert find_codec(label) == ""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (CHINESE.encode("gb18030"), CHINESE),
        (b"a" * 5000 + CHINESE.encode("gb18030"), "a" * 5000 + CHINESE),
        ("Fröhliche Grüße an die Schüler".encode("latin-1"), "Fröhliche Grüße an die Schüler"),
        ("Größe, aber ein Byte ist kaputt: ".encode() + b"\xe9 x", "Größe, aber ein Byte ist kaputt: \ufffd x"),
    ],
)
def test_bytes_without_label_are_guessed_by_their_look(data: bytes, text: str) -> None:
    assert guess_text(data) == text
