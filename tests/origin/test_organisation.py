import re

import pytest

from gatepost.origin.organisation import find_organisation, find_registrable_domain
from paths import SHARED, needs_shared

PSL = SHARED / "suites" / "psl"
CALL = re.compile(r"^checkPublicSuffix\((?:'([^']*)'|null), (?:'([^']*)'|null)\);", re.MULTILINE)


@needs_shared
def test_all_cases_of_the_public_suffix_list_hold() -> None:
    cases = CALL.findall((PSL / "test_psl.txt").read_text("utf-8"))
    assert len(cases) == 78
    wrong = [case for case in cases if (find_registrable_domain(case[0]) or "") != case[1].lower()]
    assert wrong == []


@needs_shared
def test_all_cases_of_the_newer_form_hold() -> None:
    lines = (PSL / "tests.txt").read_text("utf-8").splitlines()
    cases = [line.split() for line in lines if line and not line.startswith("//")]
    assert len(cases) > 70
    for name, expected in cases:
        assert (find_registrable_domain("" if name == "null" else name) or "null") == expected


@pytest.mark.parametrize("name", ["com", "co.uk", "", ".", "a..b", "x" * 300, "localhost"])
def test_what_nobody_registered_is_its_own_organisation(name: str) -> None:
    assert find_registrable_domain(name) is None
    assert find_organisation(name) == name


def test_names_of_one_owner_have_one_organisation() -> None:
    assert find_organisation("a.b.example.co.uk") == find_organisation("example.co.uk") == "example.co.uk"
    assert find_organisation("one.github.io") != find_organisation("two.github.io")
