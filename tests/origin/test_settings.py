import msgspec
import pytest

from gatepost.origin.settings import OriginSettings


def test_at_first_no_sealer_is_trusted() -> None:
    assert OriginSettings().trusted_sealers == ()


def test_an_unknown_way_to_find_organisations_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="organisations"):
        msgspec.convert({"organisations": "guess"}, OriginSettings)
