from pathlib import Path
from typing import Any

import pytest

from gatepost.config.paths import PATH_SETTINGS, anchor_paths
from gatepost.config.settings import Settings


def test_relative_paths_are_anchored_and_all_else_is_left_alone() -> None:
    data: dict[str, Any] = {
        "state": "s",
        "hostname": "mx",
        "tls": {"certificate": "/abs/cert.pem", "key": "key.pem", "trusted_ca": ""},
        "screen": {"model": "mine.gpm"},
        "deliver": {"routes": {"a.example": {"maildir": "../m"}, "b.example": {"upstream": "smtp://x"}}},
    }
    anchor_paths(data, Path("/etc/gatepost"))
    assert data == {
        "state": "/etc/gatepost/s",
        "hostname": "mx",
        "tls": {"certificate": "/abs/cert.pem", "key": "/etc/gatepost/key.pem", "trusted_ca": ""},
        "screen": {"model": "/etc/gatepost/mine.gpm"},
        "deliver": {"routes": {"a.example": {"maildir": "/etc/gatepost/../m"}, "b.example": {"upstream": "smtp://x"}}},
    }


def test_the_word_for_no_model_is_no_file() -> None:
    data = {"screen": {"model": "none"}}
    anchor_paths(data, Path("/etc/gatepost"))
    assert data == {"screen": {"model": "none"}}


@pytest.mark.parametrize(
    "data", [{"state": 5}, {"tls": 1}, {"deliver": {"routes": [1]}}, {"deliver": {"smarthost": 0}}]
)
def test_what_is_no_text_stays_for_the_check_to_refuse(data: dict[str, Any]) -> None:
    before = repr(data)
    anchor_paths(data, Path("/x"))
    assert repr(data) == before


@pytest.mark.parametrize("pattern", PATH_SETTINGS)
def test_every_path_setting_exists(pattern: tuple[str, ...]) -> None:
    assert pattern[0] in Settings.__struct_fields__
    if len(pattern) == 2:
        assert pattern[1] in getattr(Settings(), pattern[0]).__struct_fields__
