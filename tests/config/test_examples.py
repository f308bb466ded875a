"""The settings files in examples/ are taken as they stand."""

from pathlib import Path

import pytest

from gatepost.config.load import Configuration
from gatepost.config.verify import verify_settings
from paths import PROJECT_ROOT

FILES = sorted((PROJECT_ROOT / "examples").glob("*.toml"))


def test_there_are_examples() -> None:
    assert len(FILES) >= 4


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_example_is_taken_by_every_part(file: Path) -> None:
    verify_settings(Configuration.load(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_example_says_how_to_start_it(file: Path) -> None:
    assert f"gatepost serve --config {file.name}" in file.read_text("utf-8")
