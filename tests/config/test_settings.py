import msgspec
import pytest

from gatepost.config.settings import MetricsSettings, Settings


def test_settings_never_change() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        Settings().workers = 2  # type: ignore[misc]


def test_an_unknown_key_is_never_passed_over() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({"log": {"levle": "info"}}, Settings)


@pytest.mark.parametrize("listen", ["localhost", "127.0.0.1:70000", "::1:25", ":25"])
def test_metrics_answer_on_a_real_address_only(listen: str) -> None:
    with pytest.raises(ValueError, match="not an address to listen on"):
        MetricsSettings(listen=listen)


def test_metrics_may_be_switched_off() -> None:
    assert MetricsSettings(listen="").listen == ""
