"""Ways of writing one person's name compare equal, and other names do not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.errors import BadSettings
from gatepost.screen.people import build_people, find_personal_name, fold_person, list_names, read_key
from gatepost.screen.settings import PersonSettings

NORA = PersonSettings(name="Nora Lindqvist", addresses=("nora@mill.example",))


@pytest.mark.parametrize(
    "written",
    [
        "Lindqvist, Nora",
        "Dr. Nora Lindqvist, PhD",
        "NORA K. LINDQVIST",
        "N0ra L1ndqvist",
        "\u039dora Lindqv\u00edst",  # a Greek capital, an accent
        "nora.lindqvist",
        "CEO: Nora Lindqvist",
        "Nora Lindqvist (Mill Street)",
        "Nora Lindqvist | Mill Street",
        "Mill Street - Nora Lindqvist",
        "Nora Lindqvist, Mill Street Ltd",
        "\ufeffNora \u200bLindqvist",
        "No\u200bra Lind\u00adqvist",  # invisible letters within the words
        "\u200b" * 4000 + "Nora Lindqvist",
        " " * 4000 + "Nora Lindqvist",
        "N o r a  L i n d q v i s t",
        "NoraLindqvist",
        "No ra Lind qvist",
        'Nora "Nori" Lindqvist',
        "((((((((( Nora Lindqvist",
    ],
)
def test_a_name_is_known_however_it_is_written(written: str) -> None:
    person = build_people([NORA]).find(written)
    assert person is not None
    assert person.name == "Nora Lindqvist"


@pytest.mark.parametrize(
    "other",
    [
        "Nora",
        "Nora Lindgren",
        "Nora Berg Lindqvist",
        "Lindqvist",
        "Mill Street",
        "",
        "Nora Lindqvist via Docs",
        "Noralind Qvistmill",
    ],
)
def test_another_name_is_another(other: str) -> None:
    assert build_people([NORA]).find(other) is None


@pytest.mark.parametrize(
    "written",
    [
        "王小明",
        "小明 王",
        "王小明先生",
        "王小明总",
        "王小明（总经理）",
        "总经理王小明",
        "王小明董事长兼总经理",
        "王小明 Wang Xiaoming",
        "王\u200b小明",
    ],
)
def test_a_chinese_name_is_known_with_and_without_title(written: str) -> None:
    assert build_people([PersonSettings(name="王小明", addresses=("wang@mill.example",))]).find(written) is not None


@pytest.mark.parametrize(
    ("protected", "written"),
    [
        ("Jürgen Groß", "Juergen Gross"),
        ("Zoë O’Brien", "Zoe OBrien"),
        ("Øyvind Ærø", "Oyvind Aero"),
        ("김철수", "김철수 대표님"),
        ("山田太郎", "山田太郎様"),
    ],
)
def test_a_name_is_known_in_other_letters_and_with_the_titles_of_its_language(protected: str, written: str) -> None:
    person = PersonSettings(name=protected, addresses=("a@mill.example",))
    assert build_people([person]).find(written) is not None


def test_a_short_name_set_together_is_another_word() -> None:
    assert build_people([PersonSettings(name="Li Na", addresses=("li@mill.example",))]).find("Lina") is None


def test_entries_with_one_name_are_one_person() -> None:
    again = PersonSettings(name="LINDQVIST Nora", addresses=("N.Private@Post.example",))
    person = build_people([NORA, again]).find("Nora Lindqvist")
    assert person is not None
    assert person.addresses == {"nora@mill.example", "n.private@post.example"}


@pytest.mark.parametrize("address", ["nora@bücher.example", "NORA@xn--bcher-kva.EXAMPLE"])
def test_spellings_of_an_address_are_one(address: str) -> None:
    (person,) = build_people([PersonSettings(name="Nora Lindqvist", addresses=(address,))]).by_name.values()
    assert read_key("Nora@Bücher.example") in person.addresses


def test_a_name_that_many_share_is_told_with_its_place() -> None:
    with pytest.raises(BadSettings, match=r"screen\.people\[1\]\.name: 'Dr\. Nora' has only one word"):
        build_people([NORA, PersonSettings(name="Dr. Nora", addresses=("a@b.example",))])


def test_an_address_that_is_none_is_told_with_its_place() -> None:
    with pytest.raises(BadSettings, match=r"screen\.people\[0\]\.addresses: 'mill\.example' is not a mail address"):
        build_people([PersonSettings(name="Nora Lindqvist", addresses=("mill.example",))])


@pytest.mark.parametrize("shown", ["Mill Street Support", "客服中心", "News", "Info", "Ann via Docs", "PayPal Service"])
def test_a_department_is_no_person(shown: str) -> None:
    assert find_personal_name(shown) == ()


def test_a_person_is_one() -> None:
    assert find_personal_name("Nora Lindqvist") == fold_person("Nora Lindqvist")


@given(st.text(max_size=500))
def test_any_text_has_names_or_none(text: str) -> None:
    names = list_names(text)
    assert all(len(name) >= 2 for name in names)
    assert (fold_person(text) in names) is bool(fold_person(text))


def test_a_hostile_name_is_read_in_no_time() -> None:
    texts = ["a\u0301" * 100_000, "| - " * 100_000, "王" * 100_000, "\u202e(" * 100_000]
    started_s = time.process_time()
    for text in texts:
        list_names(text)
        find_personal_name(text)
    assert time.process_time() - started_s < 0.2
