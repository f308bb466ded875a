"""The keeper keeps the model that judges, and clears what nobody can ask for any more; trouble does not end it."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from gatepost.config.settings import Settings
from gatepost.daemon.judges import keep_judges, tend_judges
from gatepost.daemon.parts import Plan, build_plan
from gatepost.flow.former import MODELS_FOLDER
from gatepost.flow.settings import RecipientSettings
from gatepost.learn.decisions import DECISIONS_FOLDER
from gatepost.net.clock import SystemClock
from gatepost.screen.settings import ScreenSettings

LONG_AGO_S = datetime(2020, 1, 1, tzinfo=UTC).timestamp()


def plan_for(folder: Path, model: str = "") -> Plan:
    settings = Settings(
        state=str(folder),
        hostname="mx.example.org",
        workers=1,
        screen=ScreenSettings(model=model),
        recipients=RecipientSettings(domains=("example.org",)),
    )
    return build_plan(settings)


def test_the_model_in_use_stays_and_a_former_one_goes_in_its_time(tmp_path: Path) -> None:
    plan = plan_for(tmp_path)
    kept = tend_judges(plan, None)
    assert kept is not None
    former = kept.with_name("m0.0.gpm")
    former.write_bytes(b"x")
    for path in (kept, former):
        os.utime(path, (LONG_AGO_S, LONG_AGO_S))
    with structlog.testing.capture_logs() as logs:
        assert tend_judges(plan, kept) == kept
    assert (kept.exists(), former.exists()) == (True, False)
    assert [(entry["event"], entry["files"]) for entry in logs] == [("judges_cleared", 1)]


def test_old_decisions_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / DECISIONS_FOLDER).mkdir()
    for name, at_s in (("old", LONG_AGO_S), ("new", SystemClock().now().timestamp())):
        path = tmp_path / DECISIONS_FOLDER / f"{name}.decision"
        path.write_bytes(b"x")
        os.utime(path, (at_s, at_s))
    tend_judges(plan_for(tmp_path), None)
    assert [path.name for path in (tmp_path / DECISIONS_FOLDER).iterdir()] == ["new.decision"]


def test_a_copy_that_somebody_removed_is_made_again(tmp_path: Path) -> None:
    plan = plan_for(tmp_path)
    kept = tend_judges(plan, None)
    assert kept is not None
    kept.unlink()
    assert tend_judges(plan, kept) == kept
    assert kept.exists()


def test_a_disk_that_refuses_is_told_and_tried_again(tmp_path: Path) -> None:
    plan = plan_for(tmp_path)
    (tmp_path / MODELS_FOLDER).write_bytes(b"in the way")
    with structlog.testing.capture_logs() as logs:
        assert tend_judges(plan, None) is None
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("judges_not_kept", "warning")]
    (tmp_path / MODELS_FOLDER).unlink()
    assert tend_judges(plan, None) is not None


async def test_it_goes_on_beside_the_other_work(tmp_path: Path) -> None:
    task = asyncio.create_task(keep_judges(plan_for(tmp_path)))  # noqa: TID251 - ended below
    async with asyncio.timeout(20):
        while not list((tmp_path / MODELS_FOLDER).glob("*.gpm")):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
