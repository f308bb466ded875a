"""Alignment: what was proven, held against the author's domain."""

import pytest

from doubles import FakeResolver
from gatepost.model.proof import AuthResult, DkimProof, SpfProof
from gatepost.origin.dmarc_alignment import Alignment, weigh_alignment
from gatepost.origin.dmarc_discovery import DmarcDirectory
from gatepost.origin.dmarc_record import DmarcMethod, DmarcRecord, Policy

PASS, FAIL, TEMPERROR = AuthResult.PASS, AuthResult.FAIL, AuthResult.TEMPERROR
RECORD = DmarcRecord(policy=Policy.REJECT, subdomain_policy=Policy.REJECT, absent_policy=Policy.REJECT)


@pytest.mark.parametrize(
    ("spf", "dkim", "result"),
    [
        (PASS, FAIL, PASS),
        (TEMPERROR, PASS, PASS),
        (FAIL, TEMPERROR, TEMPERROR),
        (FAIL, FAIL, FAIL),
    ],
)
def test_one_proof_suffices_and_one_doubt_stays(spf: AuthResult, dkim: AuthResult, result: AuthResult) -> None:
    assert Alignment(spf, dkim).result is result


@pytest.mark.parametrize("method", list(DmarcMethod))
async def test_spf_and_dkim_are_weighed_apart(method: DmarcMethod) -> None:
    directory = DmarcDirectory(FakeResolver(), method)
    sent, signed = [SpfProof(PASS, "mailfrom", "other.test")], [DkimProof(TEMPERROR, "example.com", "s")]
    weighed = await weigh_alignment("example.com", RECORD, directory, sent, signed)
    assert weighed == Alignment(FAIL, TEMPERROR)
