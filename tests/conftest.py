"""What holds for every test: hypothesis profiles, what is left open, and data that does not ship with the project."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from paths import SHARED

# A loaded machine is slow, not wrong: no deadline for one example, pytest-timeout guards the whole test.
settings.register_profile("quick", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

TESTS = Path(__file__).parent
WITH_CONNECTIONS = ("daemon", "deliver", "gates", "interop", "net")  # folders whose tests open many


@pytest.fixture(scope="module", autouse=True)
def _nothing_stays_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """Find a connection that a file's tests left open at the end of this file, not in some later one."""
    yield
    if request.path.relative_to(TESTS).parts[0] in WITH_CONNECTIONS:
        gc.collect()  # what it finds is a warning, which is an error


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run all tests of one file that talk to a real peer in one process: they share that peer."""
    for item in items:
        if item.get_closest_marker("interop"):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs ../shared where it is missing; in CI that is a failure."""
    if item.get_closest_marker("needs_shared") is None or SHARED.is_dir():
        return
    reason = f"needs the folder {SHARED}, which is not there"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
