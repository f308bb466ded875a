import pytest

from gatepost.model import errors
from gatepost.model.errors import GatepostError, OurFault, StorageTrouble, TheirFault, TryLater

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_their_fault_or_ours_or_passes(kind: type[GatepostError]) -> None:
    assert kind is GatepostError or issubclass(kind, TheirFault | OurFault | TryLater)


@pytest.mark.parametrize("kind", KINDS)
def test_the_detail_for_the_log_is_not_in_what_the_peer_may_read(kind: type[GatepostError]) -> None:
    error = kind("no room", "/var/lib/gatepost is full")
    assert str(error) == error.public == "no room"
    assert error.detail == "/var/lib/gatepost is full"


def test_a_full_disk_is_told_from_other_trouble() -> None:
    assert StorageTrouble("no room", is_full=True).is_full
    assert not StorageTrouble("no access").is_full
