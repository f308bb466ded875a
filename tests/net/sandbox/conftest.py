"""A sandbox with hostile desks for each test, and one for all tests of a file that do not end it."""

from collections.abc import Iterator

import pytest

from gatepost.net.sandbox.sandbox import Sandbox
from sandboxes import HOSTILE, SMALL, Reports


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def sandbox(reports: Reports) -> Iterator[Sandbox]:
    one = Sandbox(SMALL, reports, desks=HOSTILE)
    yield one
    one.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    one = Sandbox(SMALL, desks=HOSTILE)
    yield one
    one.close()
