"""The one sign that spoke most for a score, in plain words for the reader of the mail.

What a check adds is taken together: a model shares the weight of one sight among all that goes with it. What is not
there may weigh, too, but is no sign to show. How many letters or links a mail has is told as what it is together: the
build of the mail.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from gatepost.model.finding import Finding
from gatepost.model.verdict import Contribution
from gatepost.screen.classifier.model import REST, WORDS
from gatepost.screen.evidence_words import find_label

SHAPE = "shape"
WORDS_SAY = ("the words of this mail are those of unwanted mail", "该邮件的用语与垃圾或有害邮件相同")
SHAPE_SAYS = ("this mail is built as unwanted mail is", "该邮件的构成与垃圾或有害邮件相同")
NOTHING = ("", "")
MIN_BESIDE = 0.3  # log-odds: what is told beside the words must have moved the score visibly


def find_main_sign(findings: Sequence[Finding], contributions: Iterable[Contribution]) -> tuple[str, str]:
    """Say in each language what moved the score most towards unwanted; nothing where nothing did."""
    groups: dict[str, list[Contribution]] = {}
    for part in contributions:
        group = part.name.partition(".")[0]
        if part.name != REST and (part.value or group == SHAPE):
            groups.setdefault(group, []).append(part)
    sums = {group: _add_up(parts) for group, parts in groups.items()}
    name = max(sums, key=sums.__getitem__, default="")
    if not name or sums[name] <= 0:
        return NOTHING
    parts = groups[name]
    if name == WORDS:
        return _tell_words(findings, groups)
    moved = {part.name: part.log_odds for part in parts}
    return _tell_shape(moved) if name == SHAPE else _tell_check(name, findings, moved)


def _tell_words(findings: Sequence[Finding], groups: Mapping[str, Sequence[Contribution]]) -> tuple[str, str]:
    """Tell the words, and beside them what was found, where that weighed, too: it says more to the reader."""
    found = {one.code.partition(".")[0] for one in findings} - {WORDS, SHAPE}
    others = {name: parts for name, parts in groups.items() if name in found and _add_up(parts) >= MIN_BESIDE}
    if not others:
        return WORDS_SAY
    name, parts = max(others.items(), key=lambda group: _add_up(group[1]))
    says, says_zh = _tell_check(name, findings, {part.name: part.log_odds for part in parts})
    return f"{WORDS_SAY[0]}, and besides: {says}", f"{WORDS_SAY[1]}，此外：{says_zh}"


def _add_up(parts: Iterable[Contribution]) -> float:
    return math.fsum([part.log_odds for part in parts])


def _tell_shape(moved: Mapping[str, float]) -> tuple[str, str]:
    says, says_zh = find_label(_find_strongest(moved), {})
    return f"{SHAPE_SAYS[0]} (most of all: {says})", f"{SHAPE_SAYS[1]}（尤其是：{says_zh}）"


def _tell_check(check: str, findings: Iterable[Finding], moved: Mapping[str, float]) -> tuple[str, str]:
    """Tell the finding of this check that weighed most; where it found nothing, what it measured."""
    own = [one for one in findings if one.code.partition(".")[0] == check and moved.get(one.code, 0.0) >= 0]
    if own:
        chosen = max(own, key=lambda one: (moved.get(one.code, 0.0), one.severity))
        return chosen.says, chosen.says_zh
    return find_label(_find_strongest(moved), {})


def _find_strongest(moved: Mapping[str, float]) -> str:
    return max(moved, key=lambda name: moved[name])
