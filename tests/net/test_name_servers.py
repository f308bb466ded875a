"""Reading [dns] servers, and whose word about DNSSEC is believed."""

from pathlib import Path

import pytest

from gatepost.model.errors import BadSettings
from gatepost.net.dns_over_tls import TlsNameServer
from gatepost.net.name_servers import choose_servers, may_prove, parse_server
from gatepost.net.settings import DnsSettings


@pytest.mark.parametrize("text", ["127.0.0.1:53x", "ns.example", "127.0.0.1:0", "127.0.0.1:65536", "[::1", "", "::1:",
     "ns.example#ns.example", "127.0.0.1#ns.example", "tls://ns.example", "tls://127.0.0.1:0", "tls://127.0.0.1#",
     "tls://127.0.0.1#a b", "https://127.0.0.1"])  # fmt: skip
def test_a_server_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match=r"^\[dns\] servers: "):
        choose_servers(DnsSettings(servers=(text,)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("127.0.0.1", ("127.0.0.1", 53)), ("::1", ("::1", 53)), ("[::1]:5353", ("::1", 5353)), ("[::1]", ("::1", 53)),
     ("192.0.2.1:5353", ("192.0.2.1", 5353))],
)  # fmt: skip
def test_servers_are_read(text: str, expected: tuple[str, int]) -> None:
    found = parse_server(text)
    assert (found.address, found.port) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# ours\nsearch example.org\nnameserver 192.0.2.53\nnameserver 2001:db8::53\n",
            ["192.0.2.53", "2001:db8::53"],
        ),
        ("nameserver fe80::1%lo\n", ["fe80::1%lo"]),
        ("nameserver ns.example\nnameserver 192.0.2.53\n", ["192.0.2.53"]),
        ("nameserver\n", []),
        ("search example.org\n", []),
        ("", []),
    ],
)
def test_without_settings_the_system_is_asked(text: str, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "resolv.conf").write_text(text)
    found = choose_servers(DnsSettings(), str(tmp_path / "resolv.conf"))
    assert [server.answer_nameserver() for server in found] == expected
    assert {server.answer_port() for server in found} <= {53}


def test_with_settings_the_system_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "resolv.conf").write_text("nameserver 192.0.2.53\n")
    found = choose_servers(DnsSettings(servers=("192.0.2.1:5353",)), str(tmp_path / "resolv.conf"))
    assert [str(server) for server in found] == ["Do53:192.0.2.1@5353"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe nameserver"])
def test_a_system_that_names_no_server_is_no_mistake(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "resolv.conf").write_bytes(content)
    assert choose_servers(DnsSettings(), str(tmp_path / "resolv.conf")) == []


@pytest.mark.parametrize(
    ("servers", "is_believed"),
    [
        (("127.0.0.1:5353", "[::1]:53"), True),
        (("127.1.2.3",), True),
        (("192.0.2.53",), False),
        (("127.0.0.1", "192.0.2.53"), False),
        (("::ffff:192.0.2.53",), False),
        (("tls://192.0.2.53#ns.example", "127.0.0.1"), True),
        (("tls://192.0.2.53#ns.example", "192.0.2.53"), False),
    ],
)
def test_the_word_of_a_resolver_elsewhere_is_no_proof(servers: tuple[str, ...], is_believed: bool) -> None:
    assert may_prove(map(parse_server, servers)) is is_believed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tls://192.0.2.53#ns.example", ("192.0.2.53", 853, "ns.example")),
        ("tls://[2001:db8::53]:8853#ns.example", ("2001:db8::53", 8853, "ns.example")),
        ("tls://192.0.2.53", ("192.0.2.53", 853, "192.0.2.53")),
    ],
)
def test_a_server_over_tls_has_a_name_to_verify_at_least_its_address(text: str, expected: tuple[str, int, str]) -> None:
    found = parse_server(text)
    assert isinstance(found, TlsNameServer)
    assert (found.address, found.port, found.hostname) == expected


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_are_refused(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(BadSettings, match=r"^\[dns\] trusted_ca: .*ca\.pem cannot be read"):
        choose_servers(DnsSettings(servers=("tls://127.0.0.1#a",), trusted_ca=str(tmp_path / "ca.pem")))
