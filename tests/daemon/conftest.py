"""Processes for the tests of the daemon."""

from collections.abc import Iterator

import pytest

from child_processes import Start, starting_children


@pytest.fixture
def start() -> Iterator[Start]:
    """Give what starts a child process."""
    with starting_children() as start_one:
        yield start_one
