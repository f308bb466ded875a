import tomllib
from pathlib import Path

import pytest

from gatepost.cli.feed_entry import append_feed, describe_feed
from gatepost.config.load import Configuration
from gatepost.feeds.settings import Layout, Threat
from gatepost.model.errors import BadInput, BadSettings


def describe(name: str = "a", source: str = "https://a.example/list.txt") -> str:
    return describe_feed(name, source, Threat.MALWARE, Layout.CSV, "sha256")


def test_what_is_described_is_a_table_of_settings() -> None:
    (lists,) = tomllib.loads(describe())["feeds"].values()
    url = "https://a.example/list.txt"
    assert lists == {"a": {"url": url, "threat": "malware", "layout": "csv", "column": "sha256"}}


@pytest.mark.parametrize(
    ("name", "source"), [("A", "https://a.example/"), ("a", "http://a.example/"), ("a", "ftp://a/")]
)
def test_what_would_be_refused_is_told_at_once(name: str, source: str) -> None:
    with pytest.raises(BadInput):
        describe(name, source)


@pytest.mark.parametrize("former", ["", 'hostname = "mx.example.org"', "# ours\n[feeds]\nwarn_after_s = 600\n"])
def test_the_list_is_added_and_everything_else_stays(tmp_path: Path, former: str) -> None:
    path = tmp_path / "gatepost.toml"
    path.write_text(former)
    path.chmod(0o640)
    append_feed(path, "a", describe())
    assert path.read_text().startswith(former)
    assert path.stat().st_mode & 0o777 == 0o640
    assert Configuration.load(path).settings.feeds.lists["a"].threat is Threat.MALWARE
    with pytest.raises(BadInput, match="already"):
        append_feed(path, "a", describe())
    assert [one.name for one in tmp_path.iterdir()] == ["gatepost.toml"]


def test_a_file_that_would_break_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "gatepost.toml"
    path.write_text("feeds = { warn_after_s = 600 }\n")  # an inline table takes no further ones
    with pytest.raises(BadSettings):
        append_feed(path, "a", describe())
    assert path.read_text() == "feeds = { warn_after_s = 600 }\n"
    assert [one.name for one in tmp_path.iterdir()] == ["gatepost.toml"]
