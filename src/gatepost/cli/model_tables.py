"""Figures, cards and explanations of models, as tables for people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gatepost.cli.output import make_cell, make_console, make_table
from gatepost.cli.translation import translate
from gatepost.screen.score import to_probability

if TYPE_CHECKING:
    from gatepost.learn.evaluation import Figure, Figures
    from gatepost.screen.classifier.model import Classifier, Explanation


def print_figures(title: str, figures: "Figures") -> None:
    """Print the pooled figures, then one line for each source."""
    console = make_console()
    table = make_table(title, ["figure", "value", "95 % interval"])
    for name, figure in _list_pooled(figures):
        table.add_row(translate(name), f"{figure.value:.3f}", f"{figure.low:.3f} .. {figure.high:.3f}")
    mean = translate("recall at 1 % false positives, mean over unwanted sources")
    table.add_row(mean, f"{figures.macro_percent:.3f}", "")
    console.print(table)
    sources = make_table("", ["source", "kind", "mails", "AUC", "at 0.5", "at 0.8", "at 0.95", "above the 1 % line"])
    for row in figures.sources:
        kind = translate("unwanted" if row.is_bad else "honest")
        shares = (f"{value:.3f}" for value in (row.auc, row.at_half, row.at_flag, row.at_quarantine, row.caught))
        sources.add_row(make_cell(row.source), kind, str(row.count), *shares)
    console.print(sources)


def print_card(classifier: "Classifier") -> None:
    """Print what a model was made of."""
    console = make_console()
    card: Any = classifier.card
    console.print(translate(f"Model {classifier.version}, SHA-256 {classifier.digest}"), soft_wrap=True)
    console.print(make_cell(translate(str(card.get("purpose", "")))), soft_wrap=True)
    table = make_table("Trained on", ["source", "honest", "unwanted", "licence"])
    for row in card.get("data", ()):
        cells = (str(row.get(key, "")) for key in ("source", "ham", "bad", "licence"))
        table.add_row(*map(make_cell, cells))
    console.print(table)
    if local := card.get("local"):
        _print_local(local)
    for weakness in card.get("weaknesses", ()):
        console.print(make_cell(translate(f"Weak: {weakness}")), soft_wrap=True)


def _print_local(local: Any) -> None:
    """Print what a correction was learned from."""
    counts = local["decisions"]
    says = (
        f"Model {local['parent']}, corrected by {counts['honest']} released and {counts['unwanted']} reported mails,"
        f" the last of them decided {local['decided_until']}."
    )
    make_console().print(make_cell(translate(says)), soft_wrap=True)


def print_explanation(explanation: "Explanation", phrases: Sequence[tuple[str, float]]) -> None:
    """Print the sum that a score is made of."""
    console = make_console()
    table = make_table("", ["evidence", "value", "log-odds"])
    table.add_row(translate("(before anything is seen)"), "", f"{explanation.bias:+.3f}")
    for part in explanation.contributions:
        table.add_row(make_cell(part.name), f"{part.value:g}", f"{part.log_odds:+.3f}")
    table.add_row(translate("sum"), "", f"{explanation.log_odds:+.3f}")
    console.print(table)
    for phrase, moved in phrases:
        console.print(make_cell(f"  {moved:+.3f}  {phrase}"), soft_wrap=True)
    console.print(translate(f"Probability that the mail is unwanted: {to_probability(explanation.log_odds):.3f}"))


def _list_pooled(figures: "Figures") -> "list[tuple[str, Figure]]":
    rows = [
        ("area under the curve", figures.auc),
        ("recall at 0.1 % false positives", figures.recall_permille),
        ("recall at 1 % false positives", figures.recall_percent),
        ("transactional mail and newsletters: area under the curve", figures.hard_auc),
        ("transactional mail and newsletters: recall at 1 %", figures.hard_recall_1),
        ("transactional mail and newsletters: recall at 5 %", figures.hard_recall_5),
    ]
    return [(name, figure) for name, figure in rows if figure is not None]
