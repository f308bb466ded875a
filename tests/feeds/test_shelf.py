import shutil
from pathlib import Path

import pytest

from feed_builders import fill_shelf, put_table
from gatepost.feeds.names import NameKind, read_url
from gatepost.feeds.settings import FeedSettings, FeedsSettings, Threat
from gatepost.feeds.shelf import NO_FEEDS, FeedShelf, find_lists, open_shelf, recall_shelf
from gatepost.model.errors import BadInput

TEXTS = {
    ("phish", Threat.PHISHING): "https://evil.example/a\nhttps://evil.example/b?c=d\nbad.example\n",
    ("mal", Threat.MALWARE): "http://dropper.example/x.exe\n" + "ab" * 32,
}


@pytest.fixture
def shelf(tmp_path: Path) -> FeedShelf:
    return fill_shelf(tmp_path, TEXTS)


def find(shelf: FeedShelf, url: str) -> str:
    read = read_url(url)
    assert read is not None
    listing = shelf.find_url(read)
    return listing.feed if listing else ""


@pytest.mark.parametrize(
    ("url", "feed"),
    [
        ("https://evil.example/a", "phish"),
        ("http://EVIL.example:80/a?victim=ann#x", "phish"),
        ("https://evil.example/b?c=d", "phish"),
        ("https://evil.example/b", ""),
        ("https://evil.example/b?c=d&e", ""),
        ("https://evil.example/", ""),
        ("https://www.evil.example/a", ""),
        ("https://dropper.example/x.exe", "mal"),
        ("https://bad.example/", ""),
    ],
)
def test_a_url_is_found_as_it_is_listed(shelf: FeedShelf, url: str, feed: str) -> None:
    assert find(shelf, url) == feed


def test_a_listed_host_stands_for_all_below_it(shelf: FeedShelf) -> None:
    for host in ("bad.example", "a.b.bad.example"):
        listing = shelf.find_host(host)
        assert listing is not None
        assert (listing.feed, listing.threat, listing.name.kind) == ("phish", Threat.PHISHING, NameKind.HOST)
    assert not any(shelf.find_host(host) for host in ("notbad.example", "evil.example", "example", "bad.example.org"))


def test_hosts_without_a_listed_url_need_no_closer_look(shelf: FeedShelf) -> None:
    assert shelf.is_suspicious("evil.example")
    assert not shelf.is_suspicious("www.evil.example")
    assert not shelf.is_suspicious("bad.example")


def test_a_file_is_found_by_its_hash(shelf: FeedShelf) -> None:
    listing = shelf.find_file("AB" * 32)
    assert listing is not None
    assert (listing.feed, listing.threat) == ("mal", Threat.MALWARE)
    assert shelf.find_file("00" * 32) is None


def test_a_table_that_was_replaced_is_taken_up_when_asked_to(shelf: FeedShelf, tmp_path: Path) -> None:
    before = shelf.versions["phish"]
    put_table(tmp_path, "phish", "https://new.example/a\n")
    assert find(shelf, "https://evil.example/a") == "phish"
    assert shelf.refresh() == []
    assert (find(shelf, "https://evil.example/a"), find(shelf, "https://new.example/a")) == ("", "phish")
    assert shelf.versions["phish"] != before


def test_a_damaged_table_leaves_the_former_one_in_use(shelf: FeedShelf, tmp_path: Path) -> None:
    path = tmp_path / "feeds" / "phish.table"
    damaged = tmp_path / "damaged"
    damaged.write_bytes(path.read_bytes()[:-8])
    damaged.replace(path)
    (says,) = shelf.refresh()
    assert "the list phish has a table that is cut off" in says
    assert find(shelf, "https://evil.example/a") == "phish"


def test_a_table_that_was_removed_stays_in_use_until_the_end(shelf: FeedShelf, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "feeds")
    assert shelf.refresh() == []
    assert find(shelf, "https://evil.example/a") == "phish"


def test_only_lists_that_the_settings_name_are_asked(tmp_path: Path) -> None:
    fill_shelf(tmp_path, TEXTS)
    settings = FeedsSettings(
        lists={"mal": FeedSettings(file="/a", threat=Threat.MALWARE), "new": FeedSettings(file="/b")}
    )
    shelf = open_shelf(tmp_path, settings)
    assert list(shelf.versions) == ["mal"]
    assert find(shelf, "https://evil.example/a") == ""
    assert shelf.is_in_use


def test_tables_with_different_salts_are_both_asked(tmp_path: Path) -> None:
    put_table(tmp_path, "a", "https://a.example/x\n")
    (tmp_path / "feeds" / "salt").unlink()
    put_table(tmp_path, "b", "https://b.example/x\n")
    shelf = FeedShelf(tmp_path, {"a": Threat.PHISHING, "b": Threat.PHISHING})
    shelf.refresh()
    assert (find(shelf, "https://a.example/x"), find(shelf, "https://b.example/x")) == ("a", "b")


def test_a_shelf_of_former_tables_answers_as_it_did(tmp_path: Path) -> None:
    before = fill_shelf(tmp_path, TEXTS).versions
    put_table(tmp_path, "phish", "https://new.example/a\n")
    lists = FeedsSettings(lists={"phish": FeedSettings(file="/a")})
    recalled = recall_shelf(tmp_path, lists, before)
    assert (recalled.shelf.versions, recalled.missing) == (before, ())
    assert (find(recalled.shelf, "https://evil.example/a"), find(recalled.shelf, "https://new.example/a")) == (
        "phish",
        "",
    )
    assert recalled.shelf.refresh() == []
    assert recalled.shelf.versions == before
    assert recall_shelf(tmp_path, lists, {}).shelf.is_empty


@pytest.mark.parametrize("damage", [b"", b"gpfeed1\n broken", None])
def test_the_present_table_stands_in_for_a_former_one_that_is_gone(tmp_path: Path, damage: bytes | None) -> None:
    before = fill_shelf(tmp_path, TEXTS).versions
    put_table(tmp_path, "phish", "https://new.example/a\n")
    (old,) = (tmp_path / "feeds" / "old").iterdir()
    if damage is None:
        old.unlink()
    else:
        old.write_bytes(damage)
    recalled = recall_shelf(tmp_path, FeedsSettings(), {**before, "gone": "00"})
    assert recalled.missing == ("phish", "gone")
    assert find(recalled.shelf, "https://new.example/a") == "phish"
    assert recalled.shelf.versions["mal"] == before["mal"]


def test_lists_that_lie_in_a_folder_are_found_by_what_they_say_of_themselves(tmp_path: Path) -> None:
    put_table(tmp_path, "a", "https://a.example/x\n")
    put_table(tmp_path, "a", "https://b.example/x\n", threat=Threat.MALWARE)
    (tmp_path / "feeds" / "broken.table").write_bytes(b"x")
    found = find_lists(tmp_path)
    assert {name: one.threat for name, one in found.lists.items()} == {"a": Threat.MALWARE, "broken": Threat.PHISHING}
    assert find_lists(tmp_path / "nowhere").lists == {}
    shelf = open_shelf(tmp_path, found)
    assert list(shelf.versions) == ["a"]
    assert shelf.refresh() == ["the list broken has a table that this version cannot read"]


def test_a_folder_of_lists_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A link to itself stands for a folder of somebody else's, which root could read all the same."""
    (tmp_path / "feeds").symlink_to("feeds")
    with pytest.raises(BadInput, match=r"^the lists in .*/feeds cannot be read: Too many levels of symbolic links$"):
        find_lists(tmp_path)


def test_a_list_of_which_there_never_was_a_table_is_named(tmp_path: Path) -> None:
    put_table(tmp_path, "a", "https://a.example/x\n")
    shelf = FeedShelf(tmp_path, {"a": Threat.PHISHING, "b": Threat.PHISHING})
    assert shelf.list_missing() == ["the list b has not been fetched yet"]
    shelf.refresh()
    (tmp_path / "feeds" / "a.table").unlink()
    assert shelf.list_missing() == ["the list b has not been fetched yet"]


def test_without_lists_nothing_is_ever_found() -> None:
    assert NO_FEEDS.is_empty
    assert not NO_FEEDS.is_in_use
    assert not NO_FEEDS.holds(NameKind.FILE)
    assert NO_FEEDS.refresh() == []
    assert NO_FEEDS.find_host("bad.example") is None
