"""Judges many mails, in this process or in several, and gives the reports in the order of the mails."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from gatepost.cli.extract import extract_mail, name_folder
from gatepost.cli.mail_files import MailPlace, is_other_file, read_mail
from gatepost.flow.lone_file import carry
from gatepost.model.errors import BadInput
from gatepost.scanner import Report, Scanner, ScanRules

WAITING_PER_JOB = 16  # mails handed out ahead: enough to keep a process busy, few enough to stay small

Result = Report | BadInput


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What holds for all mails of one run."""

    offline: bool = False
    mail_from: str | None = None
    client_ip: str | None = None
    helo: str | None = None
    rules: ScanRules | None = None  # None: the defaults
    extract_to: Path | None = None  # None: nothing is written


class _Worker:
    """One scanner for each process."""

    scanner: Scanner
    options: ScanOptions

    @classmethod
    def start(cls, options: ScanOptions) -> None:
        cls.options, cls.scanner = options, Scanner(offline=options.offline, rules=options.rules)

    @classmethod
    def judge(cls, number: int, place: MailPlace | BadInput) -> Result:
        if isinstance(place, BadInput):
            return place
        try:
            content = read_mail(place)
            judge = cls._judge_file if is_other_file(place, content) else cls._judge_mail
            return judge(number, place.label, content)
        except BadInput as error:
            return error

    @classmethod
    def _judge_mail(cls, number: int, label: str, raw: bytes) -> Report:
        options = cls.options
        return cls._finish(
            number, label, raw, cls.scanner.scan(raw, options.mail_from, options.client_ip, options.helo)
        )

    @classmethod
    def _judge_file(cls, number: int, label: str, content: bytes) -> Report:
        return cls._finish(number, label, carry(content, label), cls.scanner.scan_file(content, label))

    @classmethod
    def _finish(cls, number: int, label: str, raw: bytes, report: Report) -> Report:
        if cls.options.extract_to is not None:
            folder = cls.options.extract_to / name_folder(number, label)
            extract_mail(raw, cls.scanner.open_files(raw), report.findings, folder, label)
        return replace(report, path=label)


def judge_here(places: Iterable[MailPlace | BadInput], options: ScanOptions) -> Iterator[Result]:
    """Judge one mail after the other."""
    _Worker.start(options)
    yield from map(_Worker.judge, count(1), places)


def judge_in_processes(places: Iterable[MailPlace | BadInput], options: ScanOptions, jobs: int) -> Iterator[Result]:
    """Judge in `jobs` processes; at most WAITING_PER_JOB mails for each of them are under way."""
    context = multiprocessing.get_context("spawn")
    waiting: deque[Future[Result]] = deque()
    with ProcessPoolExecutor(jobs, context, _Worker.start, (options,)) as pool:
        try:
            for number, place in enumerate(places, 1):
                waiting.append(pool.submit(_Worker.judge, number, place))
                if len(waiting) >= jobs * WAITING_PER_JOB:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)  # a run that is given up judges only what it has begun
