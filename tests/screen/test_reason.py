"""The reader is told in one sentence what spoke most against a mail; what is not there is never named."""

from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.finding import Finding, Severity
from gatepost.model.verdict import Contribution
from gatepost.screen.classifier.model import REST, WORDS
from gatepost.screen.evidence_words import CHECKS, NAMES
from gatepost.screen.reason import NOTHING, WORDS_SAY, find_main_sign

ODD = Finding("url_tricks.port", Severity.ODD, "A link names an odd port.", "链接端口异常。")
GRAVE = Finding("url_tricks.ip_host", Severity.DANGER, "A link opens a number.", "链接打开数字地址。")
CODES = st.sampled_from(
    ["url_tricks.port", "url_tricks.ip_host", "shape.links", WORDS, REST, "lure_words.says_tax", "x.y"]
)
NUMBERS = st.floats(-5, 5)
PARTS = st.lists(st.builds(Contribution, CODES, NUMBERS, st.sampled_from([0.0, 1.0, 3.0])), max_size=8)


def moved(name: str, log_odds: float, value: float = 1.0) -> Contribution:
    return Contribution(name, log_odds, value)


def test_the_finding_that_moved_most_is_told_not_the_gravest() -> None:
    parts = [moved(ODD.code, 1.5), moved(GRAVE.code, 0.5)]
    assert find_main_sign([GRAVE, ODD], parts) == (ODD.says, ODD.says_zh)


def test_among_findings_that_moved_alike_the_gravest_is_told() -> None:
    parts = [moved("url_tricks.links", 1.5)]
    assert find_main_sign([ODD, GRAVE], parts) == (GRAVE.says, GRAVE.says_zh)


def test_words_are_told_alone_where_they_alone_decided() -> None:
    assert find_main_sign([ODD], [moved(WORDS, 2.5, 40), moved(ODD.code, 0.1)]) == WORDS_SAY


def test_what_was_found_is_told_beside_the_words_where_it_weighed_too() -> None:
    says, says_zh = find_main_sign([ODD], [moved(WORDS, 2.5, 40), moved(ODD.code, 1.0), moved("shape.links", 2.0)])
    assert says == f"{WORDS_SAY[0]}, and besides: {ODD.says}"
    assert says_zh == f"{WORDS_SAY[1]}，此外：{ODD.says_zh}"


def test_what_was_measured_is_told_where_nothing_was_found() -> None:
    assert find_main_sign([], [moved("lure_words.says_tax", 1.0, 2)]) == ("talk of taxes", "谈及税务")


def test_the_build_of_a_mail_is_told_together_with_what_is_strangest_about_it() -> None:
    says, says_zh = find_main_sign([], [moved("shape.links", 0.4), moved("shape.html", 0.6, 0.0)])
    assert says == "this mail is built as unwanted mail is (most of all: whether the mail has HTML)"
    assert says_zh.endswith("（尤其是：是否含 HTML）")


def test_what_is_absent_is_no_sign() -> None:
    assert find_main_sign([], [moved("url_tricks.ip_host", 2.0, 0.0)]) == NOTHING


def test_what_speaks_for_a_mail_is_no_sign_against_it() -> None:
    assert find_main_sign([ODD], [moved(WORDS, -2.0, 40), moved(ODD.code, -0.5)]) == NOTHING


@given(PARTS, st.lists(st.sampled_from([ODD, GRAVE])))
def test_a_sign_is_told_in_both_languages_or_in_none(parts: list[Contribution], findings: list[Finding]) -> None:
    says, says_zh = find_main_sign(findings, parts)
    assert bool(says) == bool(says_zh)


def test_no_word_that_the_reader_may_see_blames_a_language() -> None:
    told = " ".join(word for label in (*CHECKS.values(), *NAMES.values(), WORDS_SAY) for word in label).lower()
    assert not [word for word in ("language", "chinese", "english", "foreign", "语言", "中文", "英文") if word in told]
