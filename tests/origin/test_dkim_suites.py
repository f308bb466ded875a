"""DKIM against other people's vectors, read where they lie."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from doubles import FakeResolver
from gatepost.message.parse import parse_message
from gatepost.model.proof import AuthResult
from gatepost.origin.dkim import DkimLimits, evaluate_dkim
from gatepost.origin.dkim_canonical import Form, canonicalize_body, canonicalize_header, take_field
from paths import SHARED, needs_shared

pytestmark = needs_shared

VECTORS = SHARED / "suites" / "dkim-vectors"
CANONICAL = SHARED / "suites" / "dkim-canonicalization" / "flanker.json"
TODAY = datetime(2026, 9, 1, tzinfo=UTC)
KEYS_OF_THE_PAST = DkimLimits(min_rsa_bits=512)

DIFFERENCES = {  # where we leave what the suite says, and why
    "opendkim-test67": "beside its rsa-sha1 signature stands a good rsa-sha256 one",
    "opendkim-test74": "the same; RFC 8301 forbids the first, not the second",
    "24-relaxed": "a last line of spaces without CRLF: RFC 6376 §3.4.4 ends the line, then cuts",
}


def load(path: Path) -> Any:
    return json.loads(path.read_bytes()) if path.exists() else []


async def verify(vector: dict[str, Any]) -> set[AuthResult]:
    resolver = FakeResolver({(name.lower(), "TXT"): [txt.encode()] for name, txt in vector["dns_txt"].items()})
    now = datetime.fromtimestamp(vector["now"], UTC) if "now" in vector else TODAY
    message = parse_message((VECTORS / vector["file"]).read_bytes())
    return {proof.result for proof in await evaluate_dkim(message, resolver, now, KEYS_OF_THE_PAST)}


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in load(VECTORS / "vectors.json")])
async def test_a_vector_ends_as_its_source_says(vector: dict[str, Any]) -> None:
    wanted = vector.get("expect_rfc8301", vector["expect"])
    results = await verify(vector)
    if wanted == "none":
        assert not results
    else:
        assert (AuthResult.PASS in results) is (wanted == "pass" or vector["id"] in DIFFERENCES)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("case", [pytest.param(c, id=c["id"]) for c in (load(CANONICAL) or {"cases": []})["cases"]])
def test_a_canonical_form_is_the_one_of_the_suite(case: dict[str, str], form: Form) -> None:
    message = parse_message(base64.b64decode(case["input_b64"]))
    fields = b"".join(canonicalize_header(take_field(message.raw, header), form) for header in message.headers)
    made = fields + b"\r\n" + canonicalize_body(message.raw[message.root.extent.start :], form)
    is_same = made == base64.b64decode(case[f"{form}_b64"])
    assert is_same is (f"{case['id']}-{form}" not in DIFFERENCES), case["purpose"]
