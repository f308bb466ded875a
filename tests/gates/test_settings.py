"""[smtp]: what is a place to listen on, what is a network, and what does not hold together."""

import msgspec
import pytest

from gatepost.gates.settings import SmtpSettings, parse_listen, parse_network
from gatepost.model.ports import Endpoint


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("127.0.0.1:25", Endpoint("127.0.0.1", 25)),
        ("[::]:2525", Endpoint("::", 2525)),
        ("mx.example:0", Endpoint("mx.example", 0)),
    ],
)
def test_a_place_to_listen_on_is_a_host_and_a_port(text: str, endpoint: Endpoint) -> None:
    assert parse_listen(text) == endpoint


@pytest.mark.parametrize("text", ["", "25", ":25", "a:", "a:x", "a:65536", "::1:25", "[a]:25x", "[127.0.0.1:25", "a:²"])
def test_anything_else_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="write HOST:PORT"):
        parse_listen(text)


@pytest.mark.parametrize("text", ["", "a", "10.0.0.1/8", "10.0.0.0/33"])
def test_a_network_that_is_none_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="write ADDRESS/BITS"):
        parse_network(text)


@pytest.mark.parametrize(
    "values",
    [
        {"listen": ["x"]},
        {"listen_tls": ["x"]},
        {"trusted_networks": ["x"]},
        {"max_recipients": 99},
        {"memory_bytes": 2**24},
        {"x": 1},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(values, SmtpSettings)


def test_the_default_listens_on_the_loopback_only() -> None:
    assert [parse_listen(text).host for text in SmtpSettings().listen] == ["127.0.0.1"]
