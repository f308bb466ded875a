"""Judges a kept mail again from what was recorded with it, and says what came out otherwise, and what was not the same.

Nobody is asked anything: the envelope, the proof of the sender and the history with it are those of the day it came.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gatepost.flow.clean import clean_at_once
from gatepost.flow.judge import judge_at_once
from gatepost.flow.judging import Judging
from gatepost.flow.take_out import ANY_HOST, Subject
from gatepost.model.envelope import Arrival
from gatepost.model.finding import Finding
from gatepost.model.verdict import Decision, Verdict
from gatepost.store.entries import StoredMail, decode_mail, encode_entry
from gatepost.store.vault import build_entry

SCORE_TOLERANCE = 1e-9  # other processors add the same numbers up in another order
ABSENT = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it was recorded; "" on the side where it is not there."""

    what: str
    recorded: str
    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """Both verdicts, in what they differ, and what was different about the judges."""

    mail_id: str
    recorded: Verdict
    now: Verdict
    differences: tuple[Difference, ...]
    circumstances: tuple[Difference, ...]

    @property
    def is_same(self) -> bool:
        """Say whether the same verdict came out."""
        return not self.differences


def replay(kept: StoredMail, judging: Judging) -> Replay:
    """Judge again, without the network."""
    entry = kept.entry
    arrival = Arrival(entry.mail_id, entry.received_at, entry.envelope, kept.raw)
    recorded = entry.verdict.screening
    judged = judge_at_once(arrival, judging, recorded.proof, recorded.facts)
    judged, _ = clean_at_once(Subject(arrival, judged.screening, entry.splices, ANY_HOST), judged, judging)
    # Keeping shortens texts and mends what no encoding holds; the new verdict goes the same way before it is compared.
    now = decode_mail(encode_entry(build_entry(arrival, judged, ()))).verdict
    return Replay(
        mail_id=entry.mail_id,
        recorded=entry.verdict,
        now=now,
        differences=tuple(_compare_verdicts(entry.verdict, now)),
        circumstances=tuple(_compare_judges(entry.verdict, now)),
    )


def _compare_verdicts(recorded: Verdict, now: Verdict) -> Iterator[Difference]:
    before, after = recorded.screening, now.screening
    if not math.isclose(before.score, after.score, abs_tol=SCORE_TOLERANCE):
        yield Difference("score", f"{before.score:.6f}", f"{after.score:.6f}")
    if before.was_judged != after.was_judged:
        yield Difference("was_judged", str(before.was_judged).lower(), str(after.was_judged).lower())
    yield from _compare_findings(before.findings, after.findings)
    for one, other in zip(recorded.decisions, now.decisions, strict=True):
        yield from _compare_decisions(one, other)


def _compare_findings(recorded: Iterable[Finding], now: Iterable[Finding]) -> Iterator[Difference]:
    before, after = _group(recorded), _group(now)
    for code in sorted(before.keys() | after.keys()):
        if before.get(code) != after.get(code):
            told = [" ".join(one.says for one in side.get(code, ())) for side in (before, after)]
            if told[0] == told[1]:  # the sentence is the same: what differs is what it points at
                told = [_list_evidence(side.get(code, ())) for side in (before, after)]
            yield Difference(f"finding {code}", *told)


def _group(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for one in findings:
        groups.setdefault(one.code, []).append(one)
    return groups


def _list_evidence(findings: Iterable[Finding]) -> str:
    """Write severity and evidence out, so that whatever differs can be seen."""
    return "; ".join(f"{one.severity.name.lower()} {[(e.text, e.span) for e in one.evidence]}" for one in findings)


def _compare_decisions(recorded: Decision, now: Decision) -> Iterator[Difference]:
    place = f" for {recorded.recipient}" if recorded.recipient else ""
    for name in ("action", "rule", "would_be", "removes", "says", "says_zh"):
        before, after = getattr(recorded, name), getattr(now, name)
        if before != after:
            yield Difference(f"{name}{place}", str(before or ABSENT), str(after or ABSENT))


def _compare_judges(recorded: Verdict, now: Verdict) -> Iterator[Difference]:
    yield from _compare_named("model", recorded.screening.model, now.screening.model)
    yield from _compare_named("gatepost", recorded.gatepost, now.gatepost)
    if not recorded.gatepost:
        return  # kept by a gatepost that wrote down neither lists nor settings
    for kind, before, after in (
        ("list", recorded.screening.feeds, now.screening.feeds),
        ("settings", recorded.settings, now.settings),
    ):
        old, new = dict(before), dict(after)
        for name in sorted(old.keys() | new.keys()):
            yield from _compare_named(f"{kind} {name}", old.get(name, ABSENT), new.get(name, ABSENT))


def _compare_named(what: str, recorded: str, now: str) -> Iterator[Difference]:
    if recorded != now:
        yield Difference(what, recorded, now)
