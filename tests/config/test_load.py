from pathlib import Path

import pytest

from gatepost.config.load import MAX_FILE_BYTES, Configuration, Flag
from gatepost.model.errors import BadSettings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "gatepost.toml"


def refusal(file: Path | None, *flags: Flag) -> str:
    with pytest.raises(BadSettings) as caught:
        Configuration.load(file, flags)
    return caught.value.public.replace(f"{file}", "FILE")


def test_without_a_file_all_is_default_or_found_out() -> None:
    configuration = Configuration.load(None)
    assert configuration.settings.store.quarantine_days == 30
    assert configuration.origin_of(("store", "quarantine_days")) == "default"
    assert configuration.origin_of(("workers",)) == "this machine"
    assert configuration.settings.workers >= 1


def test_each_value_knows_its_line(file: Path) -> None:
    file.write_text('hostname = "mx.example.org"\n\n[store]\nquarantine_days = 7\n')
    configuration = Configuration.load(file)
    assert configuration.settings.store.quarantine_days == 7
    assert configuration.origin_of(("store", "quarantine_days")) == f"{file}:4"
    assert configuration.origin_of(("hostname",)) == f"{file}:1"
    assert configuration.origin_of(("store", "history_days")) == "default"


def test_a_flag_wins_over_the_file(file: Path) -> None:
    file.write_text('[recipients]\ndomains = ["a.example", "b.example"]\n')
    configuration = Configuration.load(file, [Flag("--domain", ("recipients", "domains"), ["c.example"])])
    assert configuration.settings.recipients.domains == ("c.example",)
    assert configuration.origin_of(("recipients", "domains")) == "--domain"
    assert all("domains" not in path or len(path) == 2 for path in configuration.origins)


def test_relative_paths_are_meant_from_the_file_s_folder(file: Path) -> None:
    file.write_text('state = "s"\n[deliver]\nmaildir = "m"\n')
    settings = Configuration.load(file).settings
    assert settings.state == str(file.parent / "s")
    assert settings.deliver.maildir == str(file.parent / "m")


def test_all_mistakes_are_told_each_with_its_line(file: Path) -> None:
    file.write_text("worker = 2\n[store]\n\nquarantine_days = 0\n[smtp]\nidle_timeut_s = 9\n")
    assert refusal(file).splitlines() == [
        "FILE:1: worker is not a setting; did you mean workers?",
        "FILE:4: [store] quarantine_days cannot be 0; it must be a whole number from 1 to 3650",
        "FILE:6: [smtp] idle_timeut_s is not a setting; did you mean idle_timeout_s?",
    ]


def test_a_mistake_in_a_flag_names_the_flag() -> None:
    assert refusal(None, Flag("--workers", ("workers",), 999)).startswith("--workers: workers cannot be 999;")
    assert refusal(None, Flag("--smtp", ("smtp", "listen"), ["x"])).startswith("--smtp: smtp is wrong: 'x' is not")


def test_a_flag_does_not_hide_that_its_table_is_wrong(file: Path) -> None:
    file.write_text("smtp = 5\n")
    assert refusal(file, Flag("--smtp", ("smtp", "listen"), ["127.0.0.1:25"])).startswith("FILE:1: smtp cannot be 5;")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = 1\nb = = 2\n", "FILE:2: this is not TOML: Invalid value"),
        (b"a = [1,\n", "FILE:1: this is not TOML: Invalid value"),
        (b"a = 1\na = 2\n", "FILE:2: this is not TOML: Cannot overwrite a value"),
        (b"a = 1\nb = '\xff'\n", "FILE:2: a settings file must be UTF-8, and this line is not"),
        (b"#" * (MAX_FILE_BYTES + 1), f"FILE is longer than {MAX_FILE_BYTES} bytes: it is no settings file"),
        (b"a = " + b"[" * 100_000, "FILE: lists or tables are nested too deeply"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_line(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    assert refusal(file) == said


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.toml") == "FILE cannot be read: No such file or directory"
    assert refusal(tmp_path) == "FILE cannot be read: Is a directory"


def test_a_byte_order_mark_does_not_matter(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfworkers = 3\n")
    assert Configuration.load(file).settings.workers == 3


def test_a_reload_reads_the_file_again_and_keeps_the_flags(file: Path) -> None:
    file.write_text("[store]\nquarantine_days = 7\n")
    before = Configuration.load(file, [Flag("--workers", ("workers",), 3)])
    file.write_text("[store]\nquarantine_days = 8\n")
    after = before.reload()
    assert (after.settings.store.quarantine_days, after.settings.workers) == (8, 3)
    file.write_text("[store]\nquarantine_days = -8\n")
    with pytest.raises(BadSettings):
        after.reload()
