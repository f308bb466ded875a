import re
import tomllib
from pathlib import Path
from typing import Any

from gatepost.config.load import Configuration
from gatepost.config.reference import build_reference
from gatepost.config.settings import Settings
from gatepost.config.tree import walk_settings
from paths import PROJECT_ROOT

SETTING = re.compile(r"# ([a-z_0-9]+ = .*|\[.*\])")


def test_the_reference_in_the_documentation_is_the_one_that_the_settings_give() -> None:
    assert (PROJECT_ROOT / "docs" / "gatepost.toml").read_text("utf-8") == build_reference(), (
        "write it anew: gatepost config reference > docs/gatepost.toml"
    )


def test_the_reference_as_it_stands_sets_nothing(tmp_path: Path) -> None:
    file = tmp_path / "gatepost.toml"
    file.write_text(build_reference(), "utf-8")
    assert Configuration.load(file).settings == Configuration.load(None).settings


def test_the_reference_names_every_setting_with_its_default() -> None:
    lines = [SETTING.sub(r"\1", line) for line in build_reference().splitlines()]
    text = re.sub(r"^\w+ = \.\.\.$", "", "\n".join(lines), flags=re.MULTILINE)
    shown = tomllib.loads(text)
    assert Configuration.load(None).settings.deliver.maildir  # found out from the machine, so not in the reference
    for path, value in walk_settings(Settings()):
        if value in ({}, None) or value == ():
            continue
        found: Any = shown
        for key in path:
            found = found[key]
        assert found == (list(value) if isinstance(value, tuple) else value), path


def test_every_line_fits_a_terminal() -> None:
    too_long = [line for line in build_reference().splitlines() if line.startswith("# ") and len(line) > 102]
    assert [line for line in too_long if not SETTING.fullmatch(line)] == []
