"""The model card: from what a model was made, how good it is, and where it is weak; kept in the model's own file."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gatepost.learn.augment.texts import LANGUAGES
from gatepost.learn.corpus import Corpus
from gatepost.learn.evaluation import Figures
from gatepost.learn.table import Plan, Row

WEAKNESSES = (
    "In languages other than English and Chinese words were learned almost only from unwanted and from made mail.",
    "Chinese mail of the corpus is from 2004 and 2005; modern Chinese mail is known from made mail only.",
    "Honest transactional mail of the corpus is scarce, and its headers are synthetic; made mail stands in.",
    "Business mail compromise without links looks like honest business mail.",
    "Text in pictures is not read.",
)
LICENCES = {
    "phishing_pot": "CC BY-NC 4.0 (non-commercial): weights trained on it may not be free for commercial use",
    "spamassassin": "ODC PDDL for the database; senders keep copyright",
    "ccert2005": "none stated",
    "list_usrp": "none stated; public list posts",
    "fix_dev": "fixtures of mail libraries: MIT, Apache, BSD, GPL, AGPL",
    "dsn_sisimai": "BSD-2-Clause",
    "mxai_synth": "MIT",
    "html_dev": "MIT, GPL-3, AGPL-3 templates",
    "made": "Apache-2.0, written for gatepost",
}


def write_card(plan: Plan, rows: Sequence[Row], figures: Mapping[str, Figures | None]) -> dict[str, Any]:
    """Give the card as plain values; `figures` by the name of what was measured."""
    counts = Counter((row.source, "bad" if row.is_bad else "ham") for row in rows)
    sources = sorted({row.source for row in rows})
    return {
        "purpose": "The probability that a mail is unwanted (spam or phishing), for gatepost's screening.",
        "data": [
            {"source": source, "ham": counts[source, "ham"], "bad": counts[source, "bad"]}
            | {"licence": LICENCES.get(source, "of the administrator who trained it")}
            for source in sources
        ],
        "corpus_sha256": dict(sorted(plan.corpus.digests.items())),
        "made": {"count": plan.made_count, "seed": plan.seed, "languages": list(LANGUAGES)},
        **{name: msgspec.to_builtins(measured) for name, measured in figures.items()},
        "weaknesses": list(WEAKNESSES),
    }


def name_version(corpus: Corpus, arrays: dict[str, Any]) -> str:
    """Give a version that tells models apart and is the same for the same model."""
    digest = hashlib.sha256("".join(corpus.digests.values()).encode())
    for name, array in sorted(arrays.items()):
        digest.update(name.encode() + array.tobytes())
    return f"m{digest.hexdigest()[:10]}"
