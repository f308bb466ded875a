"""What judged mail before: models and tables of lists, kept so that mail which is still held can be judged as it was.

    models/VERSION.DIGEST.gpm       each model that the gate has judged with, copied once
    feeds/old/NAME.VERSION.table    each former table of a list (feeds/files.py)

A file's time is the moment when it was last in use. The keeper clears both folders by age and size.
Trust: the files are our own, but disks break: model and table verify themselves when they are opened.
Fails: OSError where the disk does not do its work. What is not there is told, and the present one judges.
"""

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from gatepost.feeds.files import FEEDS_FOLDER, OLD_FOLDER
from gatepost.feeds.settings import FeedsSettings
from gatepost.feeds.shelf import FeedShelf, open_shelf, recall_shelf
from gatepost.model.errors import BadSettings
from gatepost.model.verdict import Verdict
from gatepost.screen.classifier.model import Classifier, load_classifier
from gatepost.screen.classifier.pack import parse_pack
from gatepost.screen.kit import NO_MODEL, find_default_model
from gatepost.screen.settings import ScreenSettings
from gatepost.store.files import clear_old, write_files_durably
from gatepost.store.settings import StoreSettings

MODELS_FOLDER = "models"
MODEL_SUFFIX = ".gpm"
MAX_FILES = 10_000  # of both kinds together, so that a folder can still be listed
DIGEST_CHARS = 16

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")  # fit for the name of a file


@dataclass(frozen=True, slots=True)
class Judges:
    """By what a mail is judged again; `missing` names what is no longer kept."""

    screening: ScreenSettings
    shelf: FeedShelf
    missing: tuple[str, ...] = ()


def keep_model(state: Path, model: str, classifier: Classifier | None, now: datetime) -> Path | None:
    """Copy the model that is in use into the state folder, once, and give the copy.

    `model` is what `[screen] model` says; None where its file is no longer the one that was loaded.
    """
    if classifier is None or not _VERSION.fullmatch(classifier.version):
        return None
    place = state / MODELS_FOLDER / f"{classifier.version}.{classifier.digest[:DIGEST_CHARS]}{MODEL_SUFFIX}"
    if not place.exists():
        raw = _find_model(model).read_bytes()
        if parse_pack(memoryview(raw), model).digest != classifier.digest:
            return None
        write_files_durably({place: raw})
    note_use(place, now)
    return place


def _find_model(model: str) -> Path:
    return Path(model) if model else find_default_model()


def note_use(place: Path, now: datetime) -> None:
    """Write down that a model judges mail now."""
    os.utime(place, (now.timestamp(), now.timestamp()))


def clear_former(state: Path, settings: StoreSettings, now: datetime, max_files: int = MAX_FILES) -> int:
    """Remove what was last in use too long ago, and the oldest of the rest where it is too much; give the number."""
    before = now - timedelta(days=settings.replay_days)
    return clear_old(_list_former(state), before, max_files=max_files, max_bytes=settings.replay_bytes)


def _list_former(state: Path) -> Iterator[Path]:
    for folder in (state / MODELS_FOLDER, state / FEEDS_FOLDER / OLD_FOLDER):
        if folder.is_dir():
            yield from folder.iterdir()


def present_judges(state: Path, screening: ScreenSettings, feeds: FeedsSettings) -> Judges:
    """Give what judges mail that comes now."""
    return Judges(screening, open_shelf(state, feeds))


def recall_judges(state: Path, screening: ScreenSettings, feeds: FeedsSettings, recorded: Verdict) -> Judges:
    """Give the model and the lists that made a verdict; in the place of what is no longer kept, the present ones."""
    said = recorded.screening
    if not recorded.gatepost or not (said.model or said.was_judged):  # nobody wrote down who judged, or nobody did
        return present_judges(state, screening, feeds)
    version = said.model or NO_MODEL
    model = _find_former_model(state, screening.model, version)
    recalled = recall_shelf(state, feeds, dict(said.feeds))
    missing = [f"model {version}"] if model is None else []
    missing += [f"list {name}" for name in recalled.missing]
    if model is not None:
        screening = msgspec.structs.replace(screening, model=model)
    return Judges(screening, recalled.shelf, tuple(missing))


def _find_former_model(state: Path, present: str, version: str) -> str | None:
    """Give what `[screen] model` would have to say; None where that model is not to be found."""
    if version == NO_MODEL:
        return NO_MODEL
    candidates = [name for name in dict.fromkeys((present, "")) if name != NO_MODEL]
    candidates += map(str, _list_kept(state, version))
    return next((name for name in candidates if _read_version(name) == version), None)


def _list_kept(state: Path, version: str) -> Sequence[Path]:
    """Give the kept models that are named so, the one last in use first."""
    if not _VERSION.fullmatch(version):
        return ()
    times: dict[Path, float] = {}
    for path in (state / MODELS_FOLDER).glob(f"{version}.*{MODEL_SUFFIX}"):
        with contextlib.suppress(OSError):  # cleared away meanwhile
            times[path] = path.stat().st_mtime
    return sorted(times, key=lambda path: -times[path])


def _read_version(model: str) -> str:
    """Give the version of a model, "" where the file is none that this gatepost can judge by."""
    try:
        return load_classifier(_find_model(model)).version
    except BadSettings:
        return ""
