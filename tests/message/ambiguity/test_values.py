"""Which values of MIME headers are read alike by everybody, and which are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.ambiguity.values import (
    are_of_one_ending,
    join_folds,
    judge_disposition,
    judge_encoding,
    judge_media_type,
)


@pytest.mark.parametrize(
    "value",
    [
        b" text/plain",
        b" text/plain; charset=utf-8",
        b' text/plain;\r\n\tcharset="us-ascii"; format=flowed',
        b' text/html; charset = "UTF-8"',
        b" multipart/mixed; boundary=----=_Part_1.2",
        b' multipart/mixed; boundary="=_a b/c?"',
        b' image/png; name="\xe4\xbd\xa0.png"',
        b" application/pdf; name*=utf-8''a%20b.pdf",
        b" application/pdf; name*0=a; name*1=b.pdf;",
    ],
)
def test_usual_types_leave_no_doubt(value: bytes) -> None:
    assert judge_media_type(value) == ()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"", "structure.type_form"),
        (b" text", "structure.type_form"),
        (b" text/plain, multipart/mixed", "structure.type_form"),
        (b" text/plain (x)", "structure.type_form"),
        (b" multipart/mixed boundary=a", "structure.type_form"),
        (b" multipart/mixed; boundary =a", "structure.type_form"),
        (b' multipart/mixed; boundary="a', "structure.type_form"),
        (b" multipart/mixed; boundary=a\\b", "structure.type_form"),
        (b" multipart/mixed; boundary=\x00a", "structure.type_form"),
        (b" multipart/mixed; boundary=a; Boundary=b", "structure.repeated_boundary"),
        (b" multipart/mixed; boundary*=us-ascii''a", "structure.extended_boundary"),
        (b" multipart/mixed; boundary*0=a; boundary*1=b", "structure.extended_boundary"),
        (b" image/png; name*1=a; name*0=b", "name.pieces_of_name"),
        (b" image/png; name*0=a; name*2=b", "name.pieces_of_name"),
        (b" text/plain; charset=a; charset=b", "charset.repeated_charset"),
        (b" image/png; name=a.png; name=a.exe", "name.repeated_name"),
        (b" image/png; name=a.png; name*=utf-8''a.exe", "name.two_forms_of_name"),
        (b" text/plain; " + b"a=b; " * 1_000, "structure.long_type"),
    ],
)
def test_a_type_that_is_read_in_several_ways_is_in_doubt(value: bytes, code: str) -> None:
    assert [doubt.code for doubt in judge_media_type(value)] == [code]


def test_a_value_is_judged_alike_whether_it_is_kept_or_too_long_for_that() -> None:
    short = b" image/png; name=a; name=b"
    long = b" image/png; other=" + b"x" * 200 + b"; name=a; name=b"
    assert [doubt.code for doubt in judge_media_type(short)] == [doubt.code for doubt in judge_media_type(long)]


@pytest.mark.parametrize("value", [b" base64", b" 7bit", b"base64\r", b" Quoted-Printable", b" x-uuencode"])
def test_usual_encodings_leave_no_doubt(value: bytes) -> None:
    assert judge_encoding(value) == ()


@pytest.mark.parametrize("value", [b"", b" base64,", b" base-64", b' "base64"', b" bas(x)e64", b" base64, 8bit", b" x"])
def test_an_encoding_that_must_be_guessed_is_in_doubt(value: bytes) -> None:
    assert [doubt.code for doubt in judge_encoding(value)] == ["encoding.form"]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (b" attachment", []),
        (b' attachment; filename="a.pdf"; size=5', []),
        (b" attachment; filename=a.pdf; filename*=utf-8''%61.pdf", []),
        (b" attachment; filename=a.pdf; filename*=utf-8''a.exe", ["name.two_forms_of_filename"]),
        (b" attachment; filename=a.pdf; filename=a.exe", ["name.repeated_filename"]),
        (b' attachment; filename="a.pdf', ["name.form"]),
        (b" ; filename=a.pdf", ["name.form"]),
        (b" attachment; filename=" + b"a" * 5_000, ["name.long"]),
    ],
)
def test_dispositions_are_judged_by_the_names_that_they_give(value: bytes, codes: list[str]) -> None:
    assert [doubt.code for doubt in judge_disposition(value)] == codes


def test_a_doubt_quotes_a_little_of_the_value() -> None:
    (doubt,) = judge_encoding(b" base64,\r\n " + b"x" * 1_000)
    assert doubt.detail.startswith("base64, xxx")
    assert len(doubt.detail) == 100


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("a.exe", "b.EXE ", True), ("a.png", "a.exe", False), ("a", "b", True), ("a", "a.exe", False)],
)
def test_endings_are_compared(one: str, other: str, expected: bool) -> None:
    assert are_of_one_ending(one, other) is expected


@given(st.binary(max_size=200))
def test_any_value_can_be_judged(value: bytes) -> None:
    for judge in (judge_media_type, judge_disposition, judge_encoding):
        assert all(
            doubt.code.partition(".")[0] in ("structure", "encoding", "name", "charset") for doubt in judge(value)
        )


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (b' attachment; filename="file.e\r\n xe"', ["name.fold"]),
        (b' attachment; filename="file.\r\n\texe"', ["name.fold"]),
        (b' attachment; filename="a long\r\n name.pdf"', []),
        (b' attachment;\r\n filename="file.exe"', []),
        (b' attachment; filename="a.pdf";\r\n size=3', []),
    ],
)
def test_a_fold_in_the_ending_of_a_name_is_in_doubt(value: bytes, codes: list[str]) -> None:
    assert [doubt.code for doubt in judge_disposition(value)] == codes
    kind = value.replace(b"attachment", b"image/png").replace(b"filename", b"name")
    assert [doubt.code for doubt in judge_media_type(kind)] == codes


def test_folds_are_left_out_with_their_blanks() -> None:
    assert join_folds(b"file.e\r\n \txe") == b"file.exe"


def test_a_row_of_character_sets_is_read_in_one_way_only() -> None:
    """Each could be read as a plain parameter and as one with blanks: forty of them took longer than anybody waits."""
    row = b"; charset=a" * 40 + b'; "'
    assert [doubt.code for doubt in judge_disposition(b" attachment" + row)][:1] == ["name.form"]
    assert [doubt.code for doubt in judge_media_type(b" text/plain" + row)][:1] == ["structure.type_form"]
