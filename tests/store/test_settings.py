"""Settings of the store are refused where they could not work."""

import msgspec
import pytest

from gatepost.store.settings import StoreSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"segment_bytes": 1},
        {"segment_age_s": 0},
        {"move_after_s": -1},
        {"reserve_bytes": -1},
        {"quarantine_days": 0},
        {"history_days": 3651},
        {"dmarc_rows_days": -1},
        {"segment_bites": 2**20},
    ],
)
def test_what_is_out_of_bounds_or_unknown_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, StoreSettings)


def test_the_defaults_hold_their_own_bounds() -> None:
    assert msgspec.convert(msgspec.to_builtins(StoreSettings()), StoreSettings) == StoreSettings()
