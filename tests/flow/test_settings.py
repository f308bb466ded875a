"""Settings of the corridors are refused where they could not work."""

import msgspec
import pytest

from gatepost.flow.settings import Known, RecipientSettings


@pytest.mark.parametrize(
    "wrong", [{"known": "everybody"}, {"ask_cache_s": -1}, {"max_received_count": 4}, {"domain": ["example.org"]}]
)
def test_what_is_out_of_bounds_or_unknown_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, RecipientSettings)


def test_without_settings_no_domain_is_ours_and_only_this_machine_is_trusted() -> None:
    settings = msgspec.convert({}, RecipientSettings)
    assert (settings.domains, settings.known) == ((), Known.ANY)
    assert settings.trusted_networks == ("127.0.0.0/8", "::1/128")
