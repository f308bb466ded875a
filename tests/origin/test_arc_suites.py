"""ARC against other people's cases, read where they lie."""

import re
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from arc_suites import AGAIN, ArcCase, read_cases
from gatepost.message.parse import parse_message
from gatepost.model.proof import AuthResult
from gatepost.origin.arc import STRICT, ArcLimits, evaluate_arc
from gatepost.origin.arc_seal import ArcSealer, seal_message
from paths import SHARED, needs_shared

pytestmark = needs_shared

SUITE = SHARED / "suites" / "arc-valimail"
VALIDATION = list(read_cases(SUITE / "arc-draft-validation-tests.yml"))
SIGNING = list(read_cases(SUITE / "arc-draft-sign-tests.yml"))
CORRECTED_SIGNING = list(read_cases(SUITE / "arc-draft-sign-tests-mailauth.yml"))

TODAY = datetime(2026, 9, 1, tzinfo=UTC)
AS_IN_THE_DRAFT = ArcLimits(allow_unsigned_from=True)

DIFFERENCES = {  # where gatepost, as strict as it is for mail, ends otherwise than the suite says
    "ams_fields_h_empty": "The newest seal signs no header, so anyone may give the mail another From (RFC 6376 §5.4).",
}


@pytest.mark.parametrize("case", VALIDATION, ids=lambda case: case.name)
async def test_a_chain_ends_as_the_suite_says(case: ArcCase) -> None:
    proof = await evaluate_arc(parse_message(case.raw), case.resolver, TODAY, AS_IN_THE_DRAFT)
    wanted = case.told["cv"].strip().lower() or "fail"  # drafts had no result where a sealer had said cv=fail
    assert proof.result.value == wanted, proof.reason


@pytest.mark.parametrize("case", VALIDATION, ids=lambda case: case.name)
async def test_the_table_of_differences_is_true(case: ArcCase) -> None:
    message = parse_message(case.raw)
    draft, mail = [await evaluate_arc(message, case.resolver, TODAY, limits) for limits in (AS_IN_THE_DRAFT, STRICT)]
    assert (draft != mail) is (case.name in DIFFERENCES)


async def test_a_key_of_512_bits_counts_only_where_it_is_allowed() -> None:
    (case,) = (case for case in VALIDATION if case.name == "as_fields_b_512")
    message = parse_message(case.raw)
    assert "512 bits is not accepted" in (await evaluate_arc(message, case.resolver, TODAY)).reason
    old = await evaluate_arc(message, case.resolver, TODAY, ArcLimits(min_rsa_bits=512))
    assert old.result is AuthResult.PASS


def test_the_suite_is_read_whole() -> None:
    assert (len(VALIDATION), len(SIGNING), len(CORRECTED_SIGNING)) == (175, 17, 17)
    assert len({case.name.removesuffix(AGAIN) for case in VALIDATION}) == 171


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def read_results(case: ArcCase) -> str:
    """Merge the results of the suite's own server, as its README tells."""
    found = []
    for header in parse_message(case.raw).all_headers("authentication-results"):
        server, _, rest = " ".join(header.value.decode().split()).partition("; ")
        found += [rest] * (server == case.told["srv-id"])
    return "; ".join([case.told["srv-id"], *found])


@pytest.mark.parametrize("case", [*SIGNING, *CORRECTED_SIGNING], ids=lambda case: case.name)
async def test_a_seal_is_the_one_of_the_suite(case: ArcCase) -> None:
    message = parse_message(case.raw)
    chain = (await evaluate_arc(message, case.resolver, TODAY, AS_IN_THE_DRAFT)).result
    key = load_pem_private_key(case.told["privatekey"].encode(), None)
    assert isinstance(key, RSAPrivateKey)
    sealer = ArcSealer(case.told["domain"], case.told["sel"], key, tuple(case.told["sig-headers"].split(":")))
    now = datetime.fromtimestamp(int(case.told["t"]), UTC)
    sealed = seal_message(message, sealer, read_results(case), chain, now)
    made = [squeeze(header.value.decode()) for header in parse_message(sealed).headers]
    assert made == [wanted for name in ("AS", "AMS", "AAR") if (wanted := squeeze(case.told[name]))]
    if sealed and chain is not AuthResult.FAIL:
        again = await evaluate_arc(parse_message(sealed + case.raw), case.resolver, TODAY)
        assert again.result is AuthResult.PASS, again.reason
