"""What must be true of every mail that is cleaned, whatever it is, asked of other readers than ours as well."""

import email
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from functools import cache

from doubles import FakeClock
from gatepost.decide.settings import DecideSettings, SeverityActions
from gatepost.flow.clean import clean_at_once
from gatepost.flow.judge import judge_at_once
from gatepost.flow.judging import Judging, build_judging, give_opener
from gatepost.flow.take_out import ANY_HOST, Subject
from gatepost.flow.trace import build_action_header, build_cleaned_header, build_trace
from gatepost.message.attachments.opening import open_files
from gatepost.message.message import Part
from gatepost.message.parse import parse_message
from gatepost.model.cleaning import Cleaning
from gatepost.model.contents import Contents
from gatepost.model.finding import Severity
from gatepost.model.ports import OpenOrder
from gatepost.model.splice import apply_splices, merge_splices
from gatepost.model.verdict import Action
from gatepost.screen.settings import ScreenSettings
from store_builders import build_arrival

READERS = (policy.compat32, policy.default)


class OpenerHere:
    """Opens in this process: the files are ours."""

    def open(self, order: OpenOrder) -> Contents:
        return open_files(order)


@cache
def build_cleaning_judging() -> Judging:
    """Judge so that whatever is grave is taken out, and the score holds nothing."""
    severities = SeverityActions(danger=Action.CLEAN, malware=Action.CLEAN)
    deciding = DecideSettings(severities=severities, flag_at=1.0, quarantine_at=1.0)
    return give_opener(build_judging(ScreenSettings(), deciding, frozenset(), FakeClock()), OpenerHere())


def clean_and_check(raw: bytes, judging: Judging) -> Action:
    """Judge a mail and clean it where that is asked for; give what happens to it, once all holds that must."""
    arrival = build_arrival(raw=raw)
    judged = judge_at_once(arrival, judging)
    trace = build_trace(arrival, judged, ANY_HOST)
    verdict, cleaning = clean_at_once(Subject(arrival, judged.screening, trace, ANY_HOST), judged, judging)
    if verdict.action is Action.CLEAN:
        rest = apply_splices(raw, cleaning.splices)
        outer = list_outer(raw, cleaning)
        check_that_all_else_is_kept(raw, rest, outer)
        check_readers(raw, rest, outer, arrival.mail_id)
        header = build_action_header(verdict.decisions[0]) + build_cleaned_header(cleaning)
        delivered = header + apply_splices(raw, merge_splices(trace, cleaning.splices))
        check_readers(raw, delivered, outer, arrival.mail_id)
        again = judge_at_once(replace(arrival, raw=rest), judging)
        assert again.action is Action.DELIVER
        assert not [one.code for one in again.screening.findings if one.severity >= Severity.DANGER]
    return verdict.action


def list_outer(raw: bytes, cleaning: Cleaning) -> list[Part]:
    """Give the parts that were taken out, without those that lie in another."""
    paths = {part.path for part in cleaning.removed}
    parts = [part for part in parse_message(raw).walk() if part.path in paths]
    assert len(parts) == len(paths)
    return [part for part in parts if not any(part.path.startswith(f"{other}.") for other in paths)]


def check_that_all_else_is_kept(raw: bytes, rest: bytes, outer: list[Part]) -> None:
    """Find each stretch of the mail outside of these parts in what is left, in its order."""
    spans = sorted((part.whole.start, part.whole.end) for part in outer)
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(raw)]
    kept = [raw[start:end] for start, end in zip(starts, ends, strict=True)]
    assert rest.startswith(kept[0])
    assert rest.endswith(kept[-1])
    position = 0
    for piece in kept:
        found = rest.find(piece, position)
        assert found >= position, piece
        position = found + len(piece)


def check_readers(raw: bytes, rest: bytes, outer: list[Part], mail_id: str) -> None:
    """Whoever saw a file sees a note in its place, and nobody sees the file."""
    gone = {part.content for part in outer if part.content}
    notes = [part for part in parse_message(rest).walk() if part.is_text and mail_id in part.text]
    assert len(notes) == len(outer)
    for way in READERS:
        before, after = Counter(read_as_python_does(raw, way)), Counter(read_as_python_does(rest, way))
        assert gone.isdisjoint(after)
        seen = sum(count for content, count in after.items() if mail_id.encode() in content)
        assert seen >= sum(before[content] for content in gone)


def read_as_python_does(raw: bytes, way: "policy.Policy[email.message.Message]") -> Iterator[bytes]:
    for part in email.message_from_bytes(raw, policy=way).walk():  # noqa: TID251 - another reader's opinion
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content
