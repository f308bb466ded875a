"""Beyond the corpus cases: what is told, once for each kind, and where it is seen."""

from ambiguous_mails import ENCODING, HEAD, Payload, put
from screen_cases import find, find_codes

CHECK = "ambiguous_mime"
PROGRAM = Payload(
    "offer\u202e.bin", "application/octet-stream", b"MZ" + b"\0" * 58 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0x"
)
HIDING = b"--foo--\r\n--foo\r\n"


def test_each_kind_is_told_once_however_many_places_there_are() -> None:
    part = PROGRAM.part.replace(b": base64", b": base64,")
    raw = put(part, before=HIDING, end=b"--foo\r\n" + part.replace(b"MZ", b"MY"))
    assert find_codes(CHECK, raw) == ["hidden_part", "structure"]


def test_the_evidence_names_what_is_ambiguous_and_where() -> None:
    raw = put(PROGRAM.fields + ENCODING + b"base64,\r\n\r\n" + PROGRAM.base64)
    (finding,) = find(CHECK, raw)
    assert finding.code == "ambiguous_mime.encoding"
    assert finding.evidence[0].text == "encoding.form: base64,"
    span = finding.evidence[0].span
    assert span
    assert raw[span.start : span.end] == b"Content-Transfer-Encoding: base64,\r\n"


def test_the_reader_is_told_which_file_is_hidden_in_both_languages() -> None:
    finding = find(CHECK, put(PROGRAM.part, before=HIDING))[0]
    assert "(offer .bin)" in finding.says
    assert "offer .bin" in finding.says_zh


def test_no_more_places_are_shown_than_a_few() -> None:
    raw = put(b"".join(PROGRAM.part.replace(b": base64", b": base64,") + b"--foo\r\n" for _ in range(9)))
    assert [len(finding.evidence) for finding in find(CHECK, raw)] == [5]


def test_a_mail_too_ambiguous_to_be_read_whole_hides_something() -> None:
    parts = b"".join(b"Content-Type: a/b\r\n\r\n%d\r\n--x\r\n" % number for number in range(300))
    assert "hidden_part" in find_codes(CHECK, HEAD + b"Content-Type: multipart/mixed\r\n\r\n--x\r\n" + parts)
