"""Every name of evidence can be told to a person."""

from gatepost.screen.classifier.model import load_classifier
from gatepost.screen.evidence_words import CHECKS, NAMES, find_label
from gatepost.screen.kit import find_default_model
from gatepost.screen.run import load_checks

MEANS = {kind.code: kind.means for check in load_checks().values() for kind in check.KINDS}


def test_a_finding_is_told_by_what_its_kind_means() -> None:
    assert find_label("link_mismatch.host", MEANS)[0] + "." == MEANS["link_mismatch.host"]


def test_nearly_all_that_the_model_knows_has_words_of_its_own() -> None:
    names = load_classifier(find_default_model()).names
    unnamed = [name for name in names if name not in NAMES and name not in MEANS]
    assert len(unnamed) <= len(names) / 10, unnamed


def test_a_name_that_nobody_described_is_told_by_its_parts() -> None:
    assert find_label("url_tricks.new_thing", {}) == ("tricks of links: new thing", "链接伎俩: new thing")
    assert find_label("strange", {}) == ("strange", "strange")


def test_no_two_checks_are_told_alike() -> None:
    assert len({english for english, _ in CHECKS.values()}) == len(CHECKS)
    assert len({chinese for _, chinese in CHECKS.values()}) == len(CHECKS)
