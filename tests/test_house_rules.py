"""The house keeps its own rules; and each rule is seen to bite on a violation planted for it."""

import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

import house_rules
from gatepost.config.settings import Settings
from paths import PROJECT_ROOT, SHARED, SOURCE

TESTS = PROJECT_ROOT / "tests"
CHECKS = SOURCE / "screen" / "checks"
CORPUS = TESTS / "corpus"
RFC_TABLE = PROJECT_ROOT / "docs" / "rfc.tsv"
DOCUMENTS = sorted([*PROJECT_ROOT.glob("*.md"), *PROJECT_ROOT.glob("docs/**/*.md")])
LOCKS = sorted(PROJECT_ROOT.glob("requirements*.lock"))
HOMES = (str(PROJECT_ROOT), str(SHARED))

TESTED_ELSEWHERE = {  # lives only as a process of its own; tests of the whole gate run it
    "daemon/children.py": "daemon/test_supervisor.py",
    "daemon/keeper.py": "daemon/test_supervisor.py",
    "daemon/parts.py": "daemon/test_supervisor.py",
    "daemon/worker.py": "daemon/test_supervisor.py",
}

Plant = Callable[..., Path]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    def write(place: str, text: str = "") -> Path:
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write


def only(violations: Iterator[str]) -> str:
    """Give the one violation that was planted."""
    (violation,) = violations
    return violation


def test_every_file_that_does_something_has_its_test() -> None:
    assert list(house_rules.find_untested_files(SOURCE, TESTS, TESTED_ELSEWHERE)) == []


def test_a_missing_test_file_is_seen(plant: Plant, tmp_path: Path) -> None:
    plant("src/a/tested.py", "def f() -> int:\n    return 1\n")
    plant("src/a/forgotten.py", "def f() -> int:\n    return 1\n")
    plant("src/a/only_a_port.py", 'class P:\n    def f(self) -> int:\n        """Say."""\n        ...\n')
    plant("src/a/excused.py", "def f() -> int:\n    return 1\n")
    plant("tests/a/test_tested.py")
    excuses = {"a/excused.py": "a/test_tested.py"}
    assert "a/forgotten.py" in only(house_rules.find_untested_files(tmp_path / "src", tmp_path / "tests", excuses))


@pytest.mark.parametrize("folder", ["src", "tests", "bench"])
def test_functions_and_files_stay_small(folder: str) -> None:
    assert list(house_rules.find_oversize(PROJECT_ROOT / folder)) == []


def test_a_long_function_and_a_long_file_are_seen(plant: Plant, tmp_path: Path) -> None:
    plant("long_function.py", "def f():\n" + "    pass\n" * house_rules.MAX_FUNCTION_LINES)
    plant("long_file.py", "\n" * (house_rules.MAX_FILE_LINES + 1))
    assert len(list(house_rules.find_oversize(tmp_path))) == 2


def test_every_check_is_whole() -> None:
    assert list(CHECKS.glob("[a-z]*.py"))
    assert list(house_rules.find_bad_checks(CHECKS, CORPUS)) == []


def test_a_check_without_docstring_examine_own_codes_and_cases_is_seen(plant: Plant, tmp_path: Path) -> None:
    plant("checks/macro.py", "FOUND = Finding(code='html_form.x', says='')\nALSO = Finding(f'macro.{1}')\n")
    plant("corpus/macro/speaks.eml")
    plant("corpus/macro/speaks.expect", "macro.1")
    said = "\n".join(house_rules.find_bad_checks(tmp_path / "checks", tmp_path / "corpus"))
    assert re.findall("what it looks for|no examine|'html_form.x'|1 cases where .* 0 where", said) == [
        "what it looks for",
        "no examine",
        "'html_form.x'",
        "1 cases where it speaks and 0 where",
    ]


def test_the_table_of_rfcs_is_true() -> None:
    assert list(house_rules.find_wrong_rfcs(SOURCE, RFC_TABLE)) == []


def test_an_rfc_that_one_side_does_not_know_is_seen(plant: Plant, tmp_path: Path) -> None:
    plant("src/a.py", '"""Standards: RFC 5321 §4.5.2, RFC 9999 §1."""\n')
    table = plant("rfc.tsv", "number\tstatus\twhere\ttitle\n5321\tyes\ta.py\tSMTP\n7505\tyes\ta.py\tNull MX\n")
    said = list(house_rules.find_wrong_rfcs(tmp_path / "src", table))
    assert said == ["RFC 9999 is cited but unknown to rfc.tsv", "RFC 7505: a.py does not cite it"]


def test_nothing_speaks_english_only() -> None:
    assert list(house_rules.find_english_only(SOURCE)) == []


@pytest.mark.parametrize(
    "call",
    [
        "Finding(says='No.')",
        "Finding(1, 2, 'No.', 'No.')",
        "Decision(says=f'{1}', says_zh='')",
        "KIND.seen(at, says='No.', says_zh='')",
    ],
)
def test_an_english_only_sentence_is_seen(plant: Plant, tmp_path: Path, call: str) -> None:
    plant(
        "a.py",
        f"{call}\nFinding(says='No.', says_zh='不。')\nKIND.seen(at, says='No.', says_zh='不。')\nlog.info(says='')\n",
    )
    assert only(house_rules.find_english_only(tmp_path)).startswith("a.py:1:")


def test_every_setting_is_documented() -> None:
    assert list(house_rules.find_undocumented(msgspec.inspect.type_info(Settings))) == []


def test_a_setting_without_description_is_seen_however_deep() -> None:
    class Inner(msgspec.Struct):
        told: Annotated[int, msgspec.Meta(description="Told.")] = 1
        untold: int = 1

    class Outer(msgspec.Struct):
        doors: Annotated[tuple[Inner, ...], msgspec.Meta(description="Doors.")] = ()

    said = only(house_rules.find_undocumented(msgspec.inspect.type_info(Outer)))
    assert said.startswith("settings.doors[].untold")


def test_the_map_is_what_make_papers_writes() -> None:
    papers = runpy.run_path(str(PROJECT_ROOT / "scripts" / "papers.py"))
    assert (PROJECT_ROOT / "docs" / "map.md").read_text("utf-8") == papers["build_map"]()
    assert papers["build_rfc_table"](RFC_TABLE.read_text("utf-8")) == (RFC_TABLE.read_text("utf-8"), [])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_only_what_is_there(document: Path) -> None:
    assert list(house_rules.find_dead_references(document, PROJECT_ROOT)) == []


def test_a_dead_reference_is_seen(plant: Plant, tmp_path: Path) -> None:
    plant("tests/a/test_b.py", "def test_c() -> None: ...\n")
    document = plant("map.md", "see tests/a/test_b.py::test_c, tests/a/test_b.py::test_d and (src/gone.py).\n")
    said = list(house_rules.find_dead_references(document, tmp_path))
    assert said == ["map.md:1: there is no test_d in tests/a/test_b.py", "map.md:1: there is no src/gone.py"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_host_and_hashes_everything(lock: Path) -> None:
    assert list(house_rules.find_loose_locks(lock)) == []


def test_a_loose_lock_is_seen(plant: Plant) -> None:
    lock = plant("x.lock", "--index-url https://example.org\nidna==3.20 \\\n    --hash=sha256:aa\nrich==15.0.0\n")
    said = list(house_rules.find_loose_locks(lock))
    assert [line.partition(": ")[2].split(":")[0] for line in said] == [
        "names a place",
        "not pinned with a hash",
        "not pinned with a hash",
    ]


def test_the_tools_are_locked_together_with_what_they_test() -> None:
    pins = {lock.name: set(re.findall(r"^[\w.-]+==\S+", lock.read_text("utf-8"), re.MULTILINE)) for lock in LOCKS}
    everything = pins.pop("requirements-dev.lock")
    assert pins.pop("requirements-fuzz.lock").isdisjoint(everything)  # only where make fuzz runs
    assert pins.keys() == {"requirements.lock", "requirements-build.lock"}
    assert all(some <= everything for some in pins.values())


def test_no_file_tells_where_somebodys_copy_lies() -> None:
    folders = [
        PROJECT_ROOT / name for name in (".ci", "bench", "docs", "examples", "packaging", "scripts", "src", "tests")
    ]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    files += [path for path in PROJECT_ROOT.glob("*") if path.is_file()]
    assert list(house_rules.find_private_paths(files, HOMES)) == []


def test_a_private_path_is_seen(plant: Plant) -> None:
    path = plant("a.md", f"see {PROJECT_ROOT}/notes")
    assert str(PROJECT_ROOT) in only(house_rules.find_private_paths([path], (str(PROJECT_ROOT),)))
