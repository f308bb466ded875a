"""The kit holds what the settings say, and mistakes in them are told."""

from pathlib import Path

import pytest

from gatepost.model.errors import BadSettings
from gatepost.screen.kit import build_kit
from gatepost.screen.settings import BrandSettings, CheckSettings, ScreenSettings


def test_a_check_is_on_unless_it_is_switched_off() -> None:
    names = {check.name for check in build_kit(ScreenSettings()).checks}
    fewer = build_kit(ScreenSettings(checks={"link_mismatch": CheckSettings(enabled=False)}))
    assert names - {check.name for check in fewer.checks} == {"link_mismatch"}


def test_a_factor_changes_the_weights_of_one_check_only() -> None:
    usual = build_kit(ScreenSettings()).weights
    changed = build_kit(ScreenSettings(checks={"link_mismatch": CheckSettings(weight=0.5)})).weights
    assert changed["link_mismatch.host"] == usual["link_mismatch.host"] / 2
    assert {code for code in usual if usual[code] != changed[code]} == {"link_mismatch.host"}


def test_an_unknown_check_is_told_with_those_that_exist() -> None:
    with pytest.raises(BadSettings) as caught:
        build_kit(ScreenSettings(checks={"link_mismach": CheckSettings()}))
    assert caught.value.public.startswith("screen.checks.link_mismach: there is no such check; known are ")
    assert "link_mismatch" in caught.value.public


def test_a_brand_whose_domain_is_none_is_told_with_its_place() -> None:
    brand = BrandSettings(name="Mill Street", words=("mill street",), domains=("mill street",))
    with pytest.raises(BadSettings) as caught:
        build_kit(ScreenSettings(brands=(brand,)))
    assert caught.value.public.startswith("screen.brands[0].domains (Mill Street): 'mill street' is not a domain")


def test_a_model_that_is_none_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "m.gpm").write_bytes(b"junk")
    with pytest.raises(BadSettings, match=r"m\.gpm: this is no model file of gatepost"):
        build_kit(ScreenSettings(model=str(tmp_path / "m.gpm")))


def test_the_model_that_comes_with_gatepost_is_the_default_and_can_be_left_out() -> None:
    assert build_kit(ScreenSettings()).classifier is not None
    assert build_kit(ScreenSettings(model="none")).classifier is None
