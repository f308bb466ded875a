from gatepost.model.ports import Endpoint


def test_an_endpoint_is_named_by_host_and_port_or_by_its_path() -> None:
    assert str(Endpoint("mail.example.org", 25)) == "mail.example.org:25"
    assert str(Endpoint("", 0, "/run/lmtp")) == "/run/lmtp"
