"""What the operator may write under [decide]."""

import msgspec
import pytest

from gatepost.decide.settings import DecideSettings
from gatepost.model.verdict import Action


def test_actions_are_written_as_words() -> None:
    settings = msgspec.convert({"findings": {"link_mismatch.*": "reject"}, "not_judged": "defer"}, DecideSettings)
    assert settings.findings == {"link_mismatch.*": Action.REJECT}
    assert settings.not_judged is Action.DEFER


@pytest.mark.parametrize(
    "written",
    [
        {"flag_at": 0.99},
        {"reject_at": 0.5},
        {"flag_at": -0.1},
        {"quarantine_at": 1.1},
        {"findings": {"link_mismatch.host": "burn"}},
        {"exceptions": [{"name": "", "action": "deliver"}]},
        {"exceptions": [{"name": "x", "action": "deliver", "sendr": "a@b.example"}]},
        {"exceptions": [{"name": "x", "action": "clean"}]},
        {"not_judged": "clean"},
        {"not_scanned": "clean"},
        {"dmarc": {"unsure": "clean"}},
        {"dmarc": {"domains": {"reject": "clean"}}},
    ],
)
def test_what_makes_no_sense_is_refused(written: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(written, DecideSettings)


def test_the_defaults_never_refuse_by_score_alone() -> None:
    assert DecideSettings().reject_at == 1.0
