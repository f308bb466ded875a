from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.net.settings import AntivirusSettings, parse_clamd


@pytest.mark.parametrize(
    "place",
    [
        "clamd",
        "unix:run/clamd.ctl",
        "unix:/run/a\0b",
        "unix:/" + "a" * 107,
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:70000",
        "::1:3310",
    ],
)
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match="names no clamd"):
        AntivirusSettings(clamd=place)


def test_mail_goes_to_another_machine_only_where_that_is_allowed() -> None:
    for place in ("127.0.0.1:3310", "[::1]:3310", "localhost:3310", "unix:/run/clamav/clamd.ctl"):
        assert AntivirusSettings(clamd=place).clamd == place
    for place in ("10.0.0.1:3310", "clamd.example:3310"):
        assert AntivirusSettings(clamd=place, allow_remote=True).clamd == place
        with pytest.raises(ValueError, match="another machine"):
            AntivirusSettings(clamd=place)


@given(st.text() | st.from_regex(r"[\[\]:a-z0-9./]{0,30}:[0-9]{1,6}", fullmatch=True))
def test_any_text_names_a_place_or_none(text: str) -> None:
    with suppress(ValueError):
        place = parse_clamd(text)
        assert place.unix_path.startswith("/") or (place.host and 0 < place.port < 65_536)
