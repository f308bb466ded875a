"""Judges many mails, in this process or in several, and gives the reports in the order of the mails."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace

from gatepost.cli.mail_files import MailPlace, read_mail
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


class _Worker:
    """One scanner for each process."""

    scanner: Scanner
    options: ScanOptions

    @classmethod
    def start(cls, options: ScanOptions) -> None:
        cls.options, cls.scanner = options, Scanner(offline=options.offline, rules=options.rules)

    @classmethod
    def judge(cls, place: MailPlace | BadInput) -> Result:
        if isinstance(place, BadInput):
            return place
        try:
            raw = read_mail(place)
        except BadInput as error:
            return error
        options = cls.options
        report = cls.scanner.scan(raw, options.mail_from, options.client_ip, options.helo)
        return replace(report, path=place.label)


def judge_here(places: Iterable[MailPlace | BadInput], options: ScanOptions) -> Iterator[Result]:
    """Judge one mail after the other."""
    _Worker.start(options)
    yield from map(_Worker.judge, places)


def judge_in_processes(places: Iterable[MailPlace | BadInput], options: ScanOptions, jobs: int) -> Iterator[Result]:
    """Judge in `jobs` processes; at most WAITING_PER_JOB mails for each of them are under way."""
    context = multiprocessing.get_context("spawn")
    waiting: deque[Future[Result]] = deque()
    with ProcessPoolExecutor(jobs, context, _Worker.start, (options,)) as pool:
        try:
            for place in places:
                waiting.append(pool.submit(_Worker.judge, place))
                if len(waiting) >= jobs * WAITING_PER_JOB:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)  # a run that is given up judges only what it has begun
