"""Promise: one mail is parsed in at most 0.25 ms of CPU."""

import email.policy
import time
from collections.abc import Callable
from email.message import Message as StdlibMessage
from email.parser import BytesParser
from pathlib import Path

import fast_mail_parser

from bench.figures import Spread
from bench.mails import sample_mails
from bench.row import Reached, Row, judge
from bench.turns import Subject, compare_turns, measure_in_turns
from gatepost.message.parse import parse_message

PROMISED_MS = 0.25
ROUNDS = 2

OURS, OURS_DECODED, OURS_READ = "gatepost", "gatepost, decoded", "gatepost, read"
COMPAT32, COMPAT32_DECODED, MODERN = "email compat32", "email compat32, decoded", "email policy.default"
RUST = "fast-mail-parser"


def measure(_folder: Path) -> list[Row]:
    """Compare structure with structure, and contents with contents."""
    costs = measure_in_turns(_SUBJECTS, sample_mails(1_000), rounds=ROUNDS)
    spreads = {name: Spread.of(series) for name, series in costs.items()}

    def compare(promise: str, ours: str, peer: str, reached: Reached = Reached.NOT_PROMISED) -> Row:
        ratio = f"{compare_turns(costs[ours], costs[peer]):.2f}"
        return Row(promise, spreads[ours].show("ms"), f"{peer}: {spreads[peer].show('ms')}", ratio, reached, _HOW)

    is_reached = spreads[OURS].mean <= PROMISED_MS
    return [
        compare(f"parse one mail: at most {PROMISED_MS} ms", OURS, COMPAT32, judge(is_reached=is_reached)),
        compare("the same beside the stdlib's modern policy", OURS, MODERN),
        compare("parse one mail and decode every part", OURS_DECODED, COMPAT32_DECODED),
        compare("the same beside a parser in Rust (no offsets)", OURS_DECODED, RUST),
        compare("parse one mail, find its text, links and attachments", OURS_READ, COMPAT32_DECODED),
    ]


_HOW = f"CPU for each of 1,000 corpus mails in one process, {ROUNDS} rounds in turns; ratio: median of turns"


def _time(parse: Callable[[bytes], object]) -> Subject:
    def measure_one(raw: bytes) -> float:
        started_ns = time.process_time_ns()
        parse(raw)
        return (time.process_time_ns() - started_ns) / 1e6

    return measure_one


def _decode_ours(raw: bytes) -> int:
    return sum(len(part.text or part.content) for part in parse_message(raw).walk() if not part.children)


def _read_ours(raw: bytes) -> int:
    message = parse_message(raw)
    return len(message.text) + len(message.links) + len(message.attachments)


def _parse_compat32(raw: bytes) -> StdlibMessage:
    return BytesParser(policy=email.policy.compat32).parsebytes(raw)


def _parse_modern(raw: bytes) -> StdlibMessage:
    return BytesParser(policy=email.policy.default).parsebytes(raw)


def _decode_compat32(raw: bytes) -> int:
    return sum(len(part.get_payload(decode=True) or b"") for part in _parse_compat32(raw).walk())


def _parse_in_rust(raw: bytes) -> object:
    try:
        return fast_mail_parser.parse_email(raw)
    except fast_mail_parser.ParseError as refusal:  # it refuses some real mails; that costs what it costs
        return refusal


_SUBJECTS = {
    OURS: _time(parse_message),
    OURS_DECODED: _time(_decode_ours),
    OURS_READ: _time(_read_ours),
    COMPAT32: _time(_parse_compat32),
    COMPAT32_DECODED: _time(_decode_compat32),
    MODERN: _time(_parse_modern),
    RUST: _time(_parse_in_rust),
}
