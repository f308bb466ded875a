"""Writes the figures in docs/screening.md from a model's card, so that the page never tells another model's."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gatepost.screen.classifier.model import load_classifier
from gatepost.screen.kit import find_default_model

_PLACE = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)

_KINDS = {
    "sources_left_out": "sources left out",
    "sender_unknown": "the same, every sender unknown",
    "padded": "unwanted mail padded with honest words",
    "later_mail": "later mail of known sources",
}
_FIGURES = {
    "auc": "area under the curve",
    "recall_permille": "recall at 0.1 % false positives",
    "recall_percent": "recall at 1 % false positives",
    "hard_auc": "transactional mail and newsletters as the ham: area under the curve",
    "hard_recall_1": "the same: recall at 1 % of them",
    "hard_recall_5": "the same: recall at 5 % of them",
}


def write_figures(page: str, version: str, card: Mapping[str, Any]) -> str:
    """Put the figures of a model into the page."""
    text = "\n".join(_write_lines(version, card))
    return _PLACE.sub(lambda match: f"{match[1]}{text}\n{match[2]}", page)


def _write_lines(version: str, card: Mapping[str, Any]) -> Iterator[str]:
    yield f"Model `{version}`. In brackets the 95 % interval."
    yield ""
    kinds = [(name, card[key]) for key, name in _KINDS.items()]
    yield "| figure | " + " | ".join(name for name, _ in kinds) + " |"
    yield "|---|" + "---|" * len(kinds)
    for key, name in _FIGURES.items():
        yield f"| {name} | " + " | ".join(_write_figure(figures[key]) for _, figures in kinds) + " |"
    yield (
        "| recall at 1 %, mean over unwanted sources | "
        + " | ".join(f"{figures['macro_percent']:.3f}" for _, figures in kinds)
        + " |"
    )
    yield ""
    yield "Each source, left out of training (share of its mails at or above a score):"
    yield ""
    yield "| source | kind | mails | AUC | at 0.5 | at 0.8 (flag) | at 0.95 (quarantine) | above the 1 % line |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for row in card["sources_left_out"]["sources"]:
        kind = "unwanted" if row["is_bad"] else "honest"
        shares = (row[key] for key in ("auc", "at_half", "at_flag", "at_quarantine", "caught"))
        yield f"| {row['source']} | {kind} | {row['count']} | " + " | ".join(f"{share:.3f}" for share in shares) + " |"


def _write_figure(figure: Mapping[str, float] | None) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})" if figure else "-"


if __name__ == "__main__":
    place = Path("docs/screening.md")
    model = load_classifier(find_default_model())
    place.write_text(write_figures(place.read_text("utf-8"), model.version, model.card), "utf-8")
