"""A kind makes findings that carry its code and severity."""

from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.screen.kind import Kind


def test_a_kind_lends_the_finding_its_code_and_severity() -> None:
    kind = Kind("link_mismatch.host", Severity.DANGER, 3.0, "A link lies.")
    evidence = Evidence("a -> b")
    assert kind.seen(evidence, says="It lies.", says_zh="它在撒谎。") == Finding(
        "link_mismatch.host", Severity.DANGER, "It lies.", "它在撒谎。", (evidence,)
    )
