"""What judged a mail is found again by its version, after models and lists have changed; nothing grows without end."""

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from doubles import FakeClock
from feed_builders import REPLACED_AT, put_table
from gatepost.decide.settings import DecideSettings
from gatepost.feeds.settings import FeedSettings, FeedsSettings
from gatepost.feeds.shelf import open_shelf
from gatepost.flow.former import clear_former, keep_model, note_use, present_judges, recall_judges
from gatepost.flow.judge import judge_at_once
from gatepost.flow.judging import Judging, build_judging, give_feeds
from gatepost.flow.replay import replay
from gatepost.model.verdict import Screening, Verdict
from gatepost.screen.classifier.model import load_classifier
from gatepost.screen.classifier.pack import read_pack, write_pack
from gatepost.screen.kit import NO_MODEL, find_default_model
from gatepost.screen.settings import ScreenSettings
from gatepost.store.entries import StoredMail, decode_mail, encode_entry
from gatepost.store.settings import StoreSettings
from gatepost.store.vault import build_entry
from store_builders import build_arrival

NOW = REPLACED_AT
LISTS = FeedsSettings(lists={"bad": FeedSettings(url="https://lists.example/bad.txt")})
ARRIVAL = build_arrival(raw=b"From: a@b.example\r\nSubject: x\r\n\r\nhttps://y.example/a https://z.example/b\r\n")


def write_model(path: Path, version: str, shift: float) -> Path:
    """Write a model that differs from the shipped one by its version and a shift of all scores."""
    pack = read_pack(find_default_model())
    path.write_bytes(
        write_pack({**pack.header, "version": version, "offset": pack.header["offset"] + shift}, pack.arrays)
    )
    return path


def make_judging(state: Path, model: str) -> Judging:
    judging = build_judging(ScreenSettings(model=model), DecideSettings(), frozenset(), FakeClock())
    return give_feeds(judging, open_shelf(state, LISTS))


def keep(judging: Judging) -> StoredMail:
    entry = build_entry(ARRIVAL, judge_at_once(ARRIVAL, judging), ())
    return StoredMail(decode_mail(encode_entry(entry)), ARRIVAL.raw)


def replay_recalled(state: Path, model: str, kept: StoredMail) -> tuple[list[str], tuple[str, ...]]:
    """Judge again by what is recalled; give what came out otherwise or was not the same, and what is missing."""
    judges = recall_judges(state, ScreenSettings(model=model), LISTS, kept.entry.verdict)
    judging = build_judging(judges.screening, DecideSettings(), frozenset(), FakeClock())
    outcome = replay(kept, give_feeds(judging, judges.shelf))
    return [one.what for one in (*outcome.differences, *outcome.circumstances)], judges.missing


def test_the_verdict_of_that_day_comes_again_after_model_and_list_have_changed(tmp_path: Path) -> None:
    model = write_model(tmp_path / "mine.gpm", "m1", 0.5)
    put_table(tmp_path, "bad", "https://y.example/a\n")
    judging = make_judging(tmp_path, str(model))
    kept = keep(judging)
    keep_model(tmp_path, str(model), judging.kit.classifier, NOW)
    write_model(model, "m2", -0.5)
    put_table(tmp_path, "bad", "https://other.example/\n")
    assert replay_recalled(tmp_path, str(model), kept) == ([], ())
    present = present_judges(tmp_path, ScreenSettings(model=str(model)), LISTS)
    outcome = replay(kept, make_judging(tmp_path, present.screening.model))
    assert {"finding listed_url.phishing", "score"} <= {one.what for one in outcome.differences}
    assert {"model", "list bad"} == {one.what for one in outcome.circumstances}


def test_what_is_no_longer_kept_is_named_and_the_present_one_judges(tmp_path: Path) -> None:
    model = write_model(tmp_path / "mine.gpm", "m1", 0.5)
    put_table(tmp_path, "bad", "https://y.example/a\n")
    kept = keep(make_judging(tmp_path, str(model)))
    write_model(model, "m2", -0.5)
    put_table(tmp_path, "bad", "https://z.example/b\n")
    shutil.rmtree(tmp_path / "feeds" / "old")
    told, missing = replay_recalled(tmp_path, str(model), kept)
    assert missing == ("model m1", "list bad")
    assert {"score", "model", "list bad", "finding listed_url.phishing"} <= set(told)


def test_a_list_or_model_that_came_later_does_not_judge_the_mail_of_before(tmp_path: Path) -> None:
    kept = keep(make_judging(tmp_path, NO_MODEL))
    put_table(tmp_path, "bad", "https://y.example/a\n")
    assert replay_recalled(tmp_path, "", kept) == ([], ())


def test_the_model_that_comes_with_gatepost_is_known_without_a_copy(tmp_path: Path) -> None:
    kept = keep(make_judging(tmp_path, ""))
    assert replay_recalled(tmp_path, NO_MODEL, kept) == ([], ())
    assert replay_recalled(tmp_path, str(tmp_path / "broken.gpm"), kept) == ([], ())


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(Screening(model="m1"), ()),  # by a gatepost that wrote down nothing else
        Verdict(Screening(was_judged=False), (), gatepost="1"),
    ],
)
def test_where_nobody_wrote_down_who_judged_the_present_ones_do(tmp_path: Path, verdict: Verdict) -> None:
    judges = recall_judges(tmp_path, ScreenSettings(model="mine"), LISTS, verdict)
    assert (judges.screening.model, judges.missing) == ("mine", ())


def test_a_version_that_is_no_name_leads_nowhere(tmp_path: Path) -> None:
    verdict = replace(keep(make_judging(tmp_path, "")).entry.verdict)
    stranger = replace(verdict, screening=replace(verdict.screening, model="../*"))
    assert recall_judges(tmp_path, ScreenSettings(), LISTS, stranger).missing == ("model ../*",)


def test_a_model_is_copied_once_and_only_while_its_file_is_the_one_that_judges(tmp_path: Path) -> None:
    model = write_model(tmp_path / "mine.gpm", "m1", 0.5)
    classifier = load_classifier(model)
    place = keep_model(tmp_path, str(model), classifier, NOW)
    assert place is not None
    assert (place.read_bytes(), place.stat().st_mode & 0o077) == (model.read_bytes(), 0)
    inode = place.stat().st_ino
    assert keep_model(tmp_path, str(model), classifier, NOW + timedelta(days=1)) == place
    assert (place.stat().st_ino, place.stat().st_mtime) == (inode, (NOW + timedelta(days=1)).timestamp())
    other = load_classifier(write_model(tmp_path / "other.gpm", "m2", 0.1))
    assert keep_model(tmp_path, str(model), other, NOW) is None
    assert keep_model(tmp_path, str(model), None, NOW) is None
    odd = load_classifier(write_model(tmp_path / "odd.gpm", "../m3", 0.1))
    assert keep_model(tmp_path, str(tmp_path / "odd.gpm"), odd, NOW) is None


def fill(state: Path, *ages_days: int) -> dict[int, Path]:
    """Put a file of 100 bytes into each of the two folders in turn, last in use so long ago."""
    files = {}
    for number, age in enumerate(ages_days):
        path = state / ("models", "feeds/old")[number % 2] / f"{age}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 100)
        note_use(path, NOW - timedelta(days=age))
        files[age] = path
    return files


@pytest.mark.parametrize(
    ("settings", "max_files", "left"),
    [
        (StoreSettings(), 100, [0, 5, 29]),
        (StoreSettings(replay_days=10), 100, [0, 5]),
        (StoreSettings(replay_days=0), 100, [0]),
        (StoreSettings(replay_bytes=250), 100, [0, 5]),
        (StoreSettings(replay_bytes=0), 100, []),
        (StoreSettings(), 1, [0]),
    ],
)
def test_what_is_kept_has_an_end(tmp_path: Path, settings: StoreSettings, max_files: int, left: list[int]) -> None:
    files = fill(tmp_path, 29, 0, 31, 5)
    removed = clear_former(tmp_path, settings, NOW, max_files)
    assert sorted(age for age, path in files.items() if path.exists()) == left
    assert removed == len(files) - len(left)
    assert clear_former(tmp_path, settings, NOW, max_files) == 0


def test_where_nothing_was_kept_nothing_is_cleared(tmp_path: Path) -> None:
    assert clear_former(tmp_path, StoreSettings(), NOW) == 0
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - a list compares


def test_a_kept_model_that_goes_meanwhile_is_missing_and_no_more(tmp_path: Path) -> None:
    """A link to nothing stands for a file that the keeper clears away between two looks at the folder."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "9.9.abc.gpm").symlink_to(tmp_path / "nowhere")
    recorded = Verdict(Screening(model="9.9", was_judged=True), (), "0.1")
    assert recall_judges(tmp_path, ScreenSettings(), LISTS, recorded).missing == ("model 9.9",)


def test_a_kept_model_of_another_format_is_missing_and_the_present_one_judges(tmp_path: Path) -> None:
    """As after an upgrade of gatepost that changed what a model file holds."""
    pack = read_pack(find_default_model())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "9.9.abc.gpm").write_bytes(write_pack({**pack.header, "version": "9.9", "format": 0}, {}))
    judges = recall_judges(tmp_path, ScreenSettings(), LISTS, Verdict(Screening(model="9.9"), (), "0.1"))
    assert judges.missing == ("model 9.9",)
    assert judges.screening.model == ""
