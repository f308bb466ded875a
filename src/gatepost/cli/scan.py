"""`gatepost scan`: judge mails that lie in files, folders, mailboxes or come by standard input, and explain.

A file that is named and is no mail is judged by itself.

Exit codes: 0 nothing bad, 1 something bad (whatever is not delivered as it is), 2 something could not be read.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gatepost.cli.explain_text import build_account, sort_by_weight, tell_judges
from gatepost.cli.extract import prepare_folder
from gatepost.cli.mail_files import MailPlace, find_file_kind, find_mails
from gatepost.cli.options import STATE_VARIABLE, ConfigOption, find_state
from gatepost.cli.output import make_console, pick_language, safe_text
from gatepost.cli.scan_jobs import Result, ScanOptions, judge_here, judge_in_processes
from gatepost.cli.scan_text import explain, summarise
from gatepost.cli.translation import translate
from gatepost.feeds.shelf import FeedShelf
from gatepost.model.errors import BadInput, BadSettings
from gatepost.model.verdict import Action
from gatepost.net.resolver import DnsResolver
from gatepost.net.settings import DnsSettings
from gatepost.scanner import Report, ScanRules, build_envelope

EXIT_BAD_MAIL, EXIT_UNREAD = 1, 2
MIN_MAILS_FOR_PROGRESS = 20
MAX_JOBS = 64


def scan_command(  # noqa: PLR0913 - one parameter for each flag
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Mails, mbox, Maildir, folders, files; - is stdin.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    with_account: Annotated[
        bool, typer.Option("--explain", help="Also show what the score is made of, step by step.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=MAX_JOBS, help="Processes that judge.")] = 1,
    mail_from: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Envelope sender; <> is the null one.")
    ] = None,
    client_ip: Annotated[str | None, typer.Option(metavar="IP", help="Address of the host that sent the mail.")] = None,
    helo: Annotated[str | None, typer.Option(metavar="HELO", help="Name that this host gave.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nothing from the network.")] = False,
    dns: Annotated[
        list[str] | None, typer.Option(metavar="IP[:PORT]", help="Name server to ask instead of the system's.")
    ] = None,
    extract: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also write what the mails carry into this folder, a folder for each mail."),
    ] = None,
    config: ConfigOption = None,
    state: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=f"Folder in which a gate keeps its lists; or {STATE_VARIABLE}."),
    ] = None,
) -> None:
    """Judge mails and say in words what is wrong with them; with --config or --state, by what a gate judges by.

    A file that is no mail (a document, an archive, a program) is judged for what it is and holds.

    Exit code 0: all would be delivered as they are; 1: one would not, or only with a warning; 2: one cannot be read.
    """
    build_envelope(mail_from, client_ip, helo)  # a wrong word is told before any work
    rules = _load_rules(config, state, dns or [])
    _tell_missing(rules)
    options = ScanOptions(offline, mail_from, client_ip, helo, rules, extract)
    if extract is not None:
        prepare_folder(extract)
    passed_over: list[str] = []
    places = list(find_mails(paths, passed_over))
    for says in _list_not_judged(places, passed_over):
        print(safe_text(says), file=sys.stderr)  # noqa: T201 - what a person reads
    with _showing_progress(len(places)) as advance:
        results = judge_here(places, options) if jobs == 1 else judge_in_processes(places, options, jobs)
        raise typer.Exit(_print_all(_counted(results, advance), as_json=as_json, with_account=with_account))


def _load_rules(config: Path | None, state: Path | None, servers: list[str]) -> ScanRules:
    """Give what the gate judges by that the flags or the environment name."""
    folder = find_state(state)
    rules = ScanRules.load(config, folder) if config or folder else ScanRules()
    if not servers:
        return rules
    try:
        DnsResolver(named := DnsSettings(servers=tuple(servers)))
    except BadSettings as error:
        raise BadInput(f"--dns: {error.public.partition(': ')[2]}.") from error
    return msgspec.structs.replace(rules, dns=named)


def _tell_missing(rules: ScanRules) -> None:
    """Say which lists cannot be asked: a mail that is not found in them would look better than it is."""
    if not rules.state:
        return
    shelf = FeedShelf(Path(rules.state), {name: feed.threat for name, feed in rules.feeds.lists.items()})
    for says in (*shelf.refresh(), *shelf.list_missing()):
        print(safe_text(translate(f"{says}; judged without it.")), file=sys.stderr)  # noqa: T201 - what a person reads


def _list_not_judged(places: Iterable[MailPlace | BadInput], passed_over: list[str]) -> Iterator[str]:
    """Say which files are not judged for what they are, though the user may have meant them."""
    if passed_over:
        first, count = passed_over[0], len(passed_over)
        more, more_zh = (f" and {count - 1} more", f" 等 {count} 个文件") if count > 1 else ("", " ")
        yield pick_language(
            f"{first}{more}: passed over, no mail; name a file itself to have it judged.",
            f"{first}{more_zh}不是邮件，已跳过；如需检查，请直接指定文件。",
        )
    for place in places:
        if isinstance(place, MailPlace) and place.content and (kind := find_file_kind(place.content)):
            yield pick_language(
                f"{place.label}: a file ({kind}) came, and is judged as a mail; name its path to have the file judged.",
                f"{place.label}：收到的像是文件（{kind}），仍按邮件检查；如需检查文件本身，请指定其路径。",
            )


def _print_all(results: Iterable[Result], *, as_json: bool, with_account: bool) -> int:
    """Print each result as it comes; give the exit code. A reader that has gone away ends the run quietly."""
    show = partial(_print_json, with_account=with_account) if as_json else _build_printer(with_account=with_account)
    actions: Counter[Action] = Counter()
    unread = 0
    try:
        for result in results:
            if isinstance(result, BadInput):
                unread += 1
                print(safe_text(translate(result.public)), file=sys.stderr)  # noqa: T201 - what a person reads
            else:
                actions[result.action] += 1
                show(result)
        if not as_json and actions.total() + unread > 1:
            print(summarise(actions, unread))  # noqa: T201 - what a person reads
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to write to
    if unread:
        return EXIT_UNREAD
    return EXIT_BAD_MAIL if actions.total() > actions[Action.DELIVER] else 0


def _print_json(report: Report, *, with_account: bool) -> None:
    sys.stdout.write(report.to_json(explain=with_account) + "\n")
    sys.stdout.flush()


def _build_printer(*, with_account: bool) -> Callable[[Report], None]:
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # a terminal that cannot show Chinese
    console = make_console()

    def show(report: Report) -> None:
        if with_account:
            report = replace(report, findings=tuple(sort_by_weight(report.findings, report.account)))
        for line in explain(report):
            console.print(line, soft_wrap=True)
        if with_account:
            console.print(build_account(report))
            console.print(tell_judges(report), soft_wrap=True)

    return show


@contextmanager
def _showing_progress(total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on standard error where it disturbs nobody: long runs whose output goes elsewhere."""
    is_wanted = total >= MIN_MAILS_FOR_PROGRESS and sys.stderr.isatty() and not sys.stdout.isatty()
    if not is_wanted:
        yield lambda: None
        return
    columns = (TextColumn(translate("judging")), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=make_console(to_error=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


def _counted(results: Iterable[Result], advance: Callable[[], None]) -> Iterator[Result]:
    for result in results:
        advance()
        yield result
