from pathlib import Path

import pytest

from gatepost.model.proof import SpfProof
from gatepost.origin.spf import evaluate_spf
from paths import SHARED, needs_shared
from spf_suites import SuiteCase, read_mail_auth, read_openspf

SUITES = SHARED / "suites"

MAIL_AUTH_DIFFERENCES = {
    "All test:  10.0.0.1 sender@test.org": (
        "RFC 7208 §4.6: an unknown mechanism (ip:) is a syntax error, also behind all; "
        "openspf detect-errors-anywhere asks for that"
    ),
}


async def find_differences(cases: list[SuiteCase]) -> dict[str, str]:
    """Give what came out for each case in which something else was right."""
    differences = {}
    for case in cases:
        _, proof = await evaluate_spf(case.question, case.resolver)
        if not is_right(proof, case):
            differences[case.name] = f"{proof} where {case.results} {case.explanation} was right"
    return differences


def is_right(proof: SpfProof, case: SuiteCase) -> bool:
    explanation = "" if case.explanation == "DEFAULT" else case.explanation
    return proof.result in case.results and explanation in (None, proof.explanation)


@needs_shared
@pytest.mark.parametrize(
    ("suite", "count"),
    [
        ("rfc7208-tests", 203),
        ("rfc7208-tests-2014-05", 193),
        ("rfc7208-tests-mailauth", 200),
        ("rfc4408-tests", 191),  # where RFC 7208 decided otherwise, that suite allows both
    ],
)
async def test_every_case_of_the_openspf_suites_comes_out_right(suite: str, count: int) -> None:
    cases = list(read_openspf(SUITES / "spf-openspf" / f"{suite}.yml"))
    assert len(cases) == count
    assert await find_differences(cases) == {}


@needs_shared
async def test_the_suite_of_mail_auth_differs_only_where_it_contradicts_rfc_7208() -> None:
    files = sorted(Path(SUITES / "spf-mail-auth").glob("*.yml"))
    cases = [case for path in files for case in read_mail_auth(path)]
    assert len(cases) == 121
    differences = await find_differences(cases)
    assert differences.keys() == MAIL_AUTH_DIFFERENCES.keys(), differences
