"""However a mail hides a bad file: it goes on without a trace of it in any reading, or it does not go on."""

import email
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from itertools import islice

from ambiguous_mails import Payload, write_mails
from doubles import FakeClock
from gatepost.decide.settings import DecideSettings, SeverityActions
from gatepost.flow.clean import clean_at_once
from gatepost.flow.judge import judge_at_once
from gatepost.flow.judging import Judging, build_judging, give_opener
from gatepost.flow.take_out import ANY_HOST, Subject
from gatepost.message.attachments.opening import open_files
from gatepost.model.contents import Contents
from gatepost.model.ports import OpenOrder
from gatepost.model.splice import apply_splices
from gatepost.model.verdict import Action
from gatepost.screen.settings import ScreenSettings
from store_builders import build_arrival

MARK = b"PE\0\0" + bytes(range(200))
PROGRAM = b"MZ" + bytes(range(58)) + (128).to_bytes(4, "little") + bytes(64) + MARK
EVERY = 3  # each third of some hundred mails, so that it stays quick


class OpenerHere:
    """Opens in this process: the files are ours."""

    def open(self, order: OpenOrder) -> Contents:
        return open_files(order)


def build_cleaning_judging() -> Judging:
    """Judge so that whatever is grave is taken out, and the score holds nothing."""
    severities = SeverityActions(danger=Action.CLEAN, malware=Action.CLEAN)
    deciding = DecideSettings(severities=severities, flag_at=1.0, quarantine_at=1.0)
    return give_opener(build_judging(ScreenSettings(), deciding, frozenset(), FakeClock()), OpenerHere())


def read_as_python_does(raw: bytes) -> Iterator[bytes]:
    for way in (policy.compat32, policy.default):
        for part in email.message_from_bytes(raw, policy=way).walk():  # noqa: TID251 - another reader's opinion
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield content


def test_nothing_is_left_of_a_bad_file_in_what_goes_on_and_what_cannot_be_cleaned_stays() -> None:
    judging, ends = build_cleaning_judging(), Counter[Action]()
    for name, raw in islice(write_mails(Payload("setup.exe", "application/octet-stream", PROGRAM)), 0, None, EVERY):
        arrival = build_arrival(raw=raw)
        judged = judge_at_once(arrival, judging)
        subject = Subject(arrival, judged.screening, (), ANY_HOST)
        verdict, cleaning = clean_at_once(subject, judged, judging)
        ends[verdict.action] += 1
        rest = apply_splices(raw, cleaning.splices)
        if verdict.action is Action.CLEAN:
            assert not [name for content in read_as_python_does(rest) if MARK in content]
            again = judge_at_once(replace(arrival, raw=rest), judging)
            assert again.action is Action.DELIVER, name
    assert set(ends) == {Action.CLEAN, Action.QUARANTINE}
    assert min(ends.values()) > 40
