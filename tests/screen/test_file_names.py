"""Odd names are seen as such, and ordinary names are left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.file_names import NameTrick, find_name_tricks, read_base_name, read_extension, split_extension
from gatepost.screen.tables import load_tables

FILES = load_tables().files


@pytest.mark.parametrize(
    ("name", "tricks"),
    [
        ("CV_\u202efdp.exe", [NameTrick.TURNED]),
        ("CV_\u202bfdp.exe", [NameTrick.TURNED]),
        ("invoice.pdf" + " " * 40 + ".exe", [NameTrick.PUSHED_AWAY, NameTrick.TWO_ENDINGS]),
        ("invoice" + "\u3000" * 10 + ".js", [NameTrick.PUSHED_AWAY]),
        ("invoice.pdf.exe", [NameTrick.TWO_ENDINGS]),
        ("invoice.pdf .exe. ", [NameTrick.TWO_ENDINGS]),
        ("Invoice.PDF.html", [NameTrick.TWO_ENDINGS]),
        ("photo.jpg.desktop", [NameTrick.TWO_ENDINGS]),
        ("program.е\u0445e", [NameTrick.ALIKE]),
        ("program\uff0eexe", [NameTrick.ALIKE]),
        ("program.e\u200bxe", [NameTrick.ALIKE]),
        ("folder.{20d04fe0-3aea-1069-a2d8-08002b30309d}", [NameTrick.CLASS]),
        ("a.txt:b.exe", [NameTrick.STREAM]),
        ("a.txt::$DATA", [NameTrick.STREAM]),
        ("CON.txt", [NameTrick.DEVICE]),
        ("a\x00b.txt", [NameTrick.CONTROL]),
        ("..\\..\\start.lnk", [NameTrick.PATH]),
        ("\\\\host\\share\\a.docx", [NameTrick.PATH]),
        ("a" * 300, [NameTrick.LONG]),
        ("a.exe\x00.txt", [NameTrick.CUT, NameTrick.CONTROL]),
        ("a" * 251 + ".exe.txt", [NameTrick.CUT, NameTrick.LONG]),
        ("a" * 256 + ".scr.pdf", [NameTrick.CUT, NameTrick.LONG]),
    ],
)
def test_a_trick_is_seen(name: str, tricks: list[NameTrick]) -> None:
    assert list(find_name_tricks(name, FILES)) == tricks


@pytest.mark.parametrize(
    "name",
    [
        "",
        "notes",
        "Angebot Nr. 12 (final).pdf",
        "archive.tar.gz",
        "report.2024.xlsx",
        "letter.docx.pdf",
        "scan.pdf.zip",
        "signed.pdf.p7m",
        "invoice.pdf.xml",
        "v1.2.exe",
        "page.html.html",
        "Re: Offer for 10:30.eml",
        "Fwd:invoice.pdf",
        "C:\\My Documents\\plan.doc",
        "constable.txt",
        "two  words.pdf",
        "\u2068Bericht\u2069.pdf",
        "\u202aBericht\u202c.pdf",
        "\u202bדוח.pdf",
        "报价单（最终版）.docx",
        "отчёт.pdf",
        "отчёт.документ",
        "a...pdf",
        "v..2/notes.txt",
        "tabs\tand\nfolds.pdf",
    ],
)
def test_an_ordinary_name_is_left_alone(name: str) -> None:
    assert list(find_name_tricks(name, FILES)) == []


def test_what_windows_drops_at_the_end_does_not_count() -> None:
    assert [read_extension(name) for name in ("a.EXE", "a.exe. .", "a.exe\u00a0", 'a.exe"', "a.", "a", "a.ехе")] == [
        "exe", "exe", "exe", "exe", "", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.b.EXE ", ("a.b", "exe")),
        ("a", ("a", "")),
        ("a\uff0eexe", ("a\uff0eexe", "")),
        (".x", ("", "x")),
        ("", ("", "")),
    ],
)
def test_a_name_is_parted_at_its_last_dot(name: str, parts: tuple[str, str]) -> None:
    assert split_extension(name) == parts


def test_the_last_part_of_a_path_is_its_name() -> None:
    assert [read_base_name(path) for path in ("a/b\\c.txt", "a/", "", "/", "c.txt")] == ["c.txt", "a", "", "", "c.txt"]


@given(st.text(max_size=400))
def test_any_name_is_read(name: str) -> None:
    assert set(find_name_tricks(name, FILES)) <= set(NameTrick)
    assert read_extension(name) == read_extension(name).strip()


@pytest.mark.parametrize("unit", [" ", ".", "{", "a.", ":", "../", "\u202b", ".\u0435", "a:b."])
def test_a_long_name_takes_no_longer(unit: str) -> None:
    start = time.process_time()
    list(find_name_tricks(unit * 200_000, FILES))
    assert time.process_time() - start < 0.2


def test_blanks_within_a_name_cost_nothing() -> None:
    """They were tried in as many ways as the square of their number: four hundred names cost six seconds."""
    started_s = time.process_time()
    for number in range(300):
        assert split_extension(f"{' ' * 900}{number}.pdf. ") == (f"{' ' * 900}{number}", "pdf")
    assert time.process_time() - started_s < 1
