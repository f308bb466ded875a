"""A kind makes findings that carry its code and severity."""

from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.screen.kind import Kind


def test_a_kind_lends_the_finding_its_code_and_severity() -> None:
    kind = Kind("link_mismatch.host", Severity.DANGER, 3.0, "A link lies.")
    evidence = Evidence("a -> b")
    assert kind.seen(evidence, says="It lies.", says_zh="它在撒谎。") == Finding(
        "link_mismatch.host", Severity.DANGER, "It lies.", "它在撒谎。", (evidence,)
    )


def test_no_spaces_stand_around_the_brackets_of_what_has_no_name() -> None:
    kind = Kind("real_type.other", Severity.ODD, 1.0, "It is another thing.")
    assert kind.seen(says="", says_zh="压缩包 （无名称） 已加密。").says_zh == "压缩包（无名称）已加密。"
    assert kind.seen(says="", says_zh="压缩包 a.zip 已加密。").says_zh == "压缩包 a.zip 已加密。"
