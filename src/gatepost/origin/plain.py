"""Gives a proof as plain values, for programs: JSON, the records, an API.

Trust: names and reasons hold what strangers chose.
"""

from typing import Any

import msgspec

from gatepost.model.proof import Proof

RESULTS = ("spf", "dkim", "dmarc", "arc")


def proof_to_dict(proof: Proof) -> dict[str, Any]:
    """Give the four result words, and everything behind them under `details`.

    >>> proof_to_dict(Proof())["spf"], proof_to_dict(Proof())["details"]["author_domain"]
    ('unknown', 'unknown')
    """
    details = {name: msgspec.to_builtins(getattr(proof, f"{name}_details")) for name in RESULTS}
    return {
        **{name: getattr(proof, name).value for name in RESULTS},
        "details": {**details, "author_domain": proof.author_domain.value},
    }
