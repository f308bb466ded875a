"""Asks the model about one mail: the whole sum, and the words that moved it most."""

from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.errors import BadSettings
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.classifier.evidence import gather_evidence
from gatepost.screen.classifier.model import Explanation
from gatepost.screen.kit import build_kit
from gatepost.screen.run import observe
from gatepost.screen.settings import ScreenSettings

MAX_PHRASES = 12


def explain_mail(raw: bytes, model: str) -> tuple[Explanation, list[tuple[str, float]]]:
    """Give the explanation of the score, and phrases with what each moved."""
    kit = build_kit(ScreenSettings(model=model))
    message = parse_message(raw)
    case = Case(message, Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset())
    seen = observe(case, kit)
    evidence = gather_evidence(message, UNPROVEN, (*seen.findings, *seen.features), kit.tables)
    classifier = kit.classifier
    if classifier is None:
        raise BadSettings("There is no model to ask: name a model file, or none for the one that comes with gatepost.")
    return classifier.explain(evidence, kit.weights, kit.factors), classifier.explain_words(evidence.words, MAX_PHRASES)
