import msgspec
import pytest

from gatepost.origin.settings import OriginSettings


def test_our_own_machine_is_trusted_and_no_sealer_is() -> None:
    settings = OriginSettings()
    assert settings.trusted_networks == ("127.0.0.0/8", "::1/128")
    assert settings.trusted_sealers == ()


def test_an_unknown_way_to_find_organisations_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="organisations"):
        msgspec.convert({"organisations": "guess"}, OriginSettings)
