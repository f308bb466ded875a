import doctest

import pytest

from bench import arrivals, figures, mails, process, table
from bench.figures import Spread, median_ratio, percentile
from bench.peers import rspamd


@pytest.mark.parametrize("module", [arrivals, figures, mails, process, table, rspamd])
def test_the_examples_in_the_benches_are_true(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]  # parametrize gives objects
    assert result.attempted > 0
    assert result.failed == 0


def test_one_disturbed_round_does_not_move_the_ratio() -> None:
    assert median_ratio([1.0, 1.0, 1.0], [2.0, 2.0, 0.01]) == 0.5


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(range(1, 1001), 99) == 990
    assert percentile([7.5], 99) == 7.5


def test_a_spread_tells_the_worst() -> None:
    spread = Spread.of([1.0, 1.0, 10.0])
    assert (spread.mean, spread.p50, spread.worst) == (4.0, 1.0, 10.0)
    assert spread.show("ms") == "mean 4 ms (p50 1, p99 10, max 10)"
