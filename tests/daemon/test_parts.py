"""Everything that can be wrong about files is found before anything forks, and told with its place."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec import structs

from gatepost.config.settings import Settings
from gatepost.daemon.parts import TLS_FOLDER, build_dialer, build_plan
from gatepost.flow.settings import Known, RecipientSettings
from gatepost.model.address import Address, Domain
from gatepost.model.errors import BadSettings
from gatepost.net.settings import TlsSettings


@dataclass
class Builder:
    """Settings in a folder of their own."""

    folder: Path

    def settings(self, **recipients: object) -> Settings:
        state = self.folder / "state"
        state.mkdir(mode=0o700, exist_ok=True)
        chosen = structs.replace(RecipientSettings(domains=("example.org", "bücher.example")), **recipients)
        return Settings(state=str(state), hostname="MX.Example.org.", workers=1, recipients=chosen)


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(tmp_path)


def test_a_plan_knows_who_we_are(builder: Builder) -> None:
    plan = build_plan(builder.settings())
    assert plan.hostname == Domain.parse("mx.example.org")
    assert plan.own_domains == {Domain.parse("example.org"), Domain.parse("xn--bcher-kva.example")}
    assert plan.state == builder.folder / "state"
    assert build_dialer(plan) is not build_dialer(plan)  # each process has its own connections


def test_without_a_certificate_one_of_our_own_is_made_for_the_owner_alone(builder: Builder) -> None:
    plan = build_plan(builder.settings())
    assert plan.contexts.current() is not None
    made = list((plan.state / TLS_FOLDER).iterdir())
    assert made
    assert all(path.stat().st_mode & 0o022 == 0 for path in made)
    again = build_plan(builder.settings())
    assert again.contexts.current() is not None
    assert {path.read_bytes() for path in made} == {path.read_bytes() for path in (plan.state / TLS_FOLDER).iterdir()}


def test_a_certificate_that_is_not_there_is_told(builder: Builder) -> None:
    none = TlsSettings(certificate=str(builder.folder / "none.pem"), key=str(builder.folder / "none.key"))
    with pytest.raises(BadSettings, match=r"none\."):
        build_plan(structs.replace(builder.settings(), tls=none))


def test_addresses_come_from_the_settings_and_from_the_file(builder: Builder) -> None:
    file = builder.folder / "people.txt"
    file.write_text("# ours\nAnna@example.org\n\n@bücher.example\n", "utf-8")
    plan = build_plan(builder.settings(known=Known.LIST, addresses=("otto@example.org",), addresses_file=str(file)))
    for known in ("anna@example.org", "otto@example.org", "anybody@xn--bcher-kva.example"):
        assert Address.parse(known) in plan.addresses
    assert Address.parse("eve@example.org") not in plan.addresses


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, r"\[recipients\] addresses_file: .*people\.txt cannot be read"),
        (b"\xff\xfe", r"\[recipients\] addresses_file: .*people\.txt cannot be read"),
        (b"a@example.org\nno address\n", r"people\.txt, line 2: 'no address' is not an address"),
    ],
    ids=["missing", "not UTF-8", "no address"],
)
def test_a_bad_file_of_addresses_is_told_with_its_place(builder: Builder, content: bytes | None, says: str) -> None:
    file = builder.folder / "people.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadSettings, match=says):
        build_plan(builder.settings(addresses_file=str(file)))
