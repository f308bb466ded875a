"""Kept mail as a table, as sentences, and as JSON.

Trust: addresses, subjects and replies were written by strangers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from rich.table import Table
from rich.text import Text

from gatepost.cli.file_tree import show_files, write_size
from gatepost.cli.output import make_cell, make_console, make_table, pick_language, print_json_lines
from gatepost.cli.translation import translate
from gatepost.flow.desk import MailView
from gatepost.model.finding import Finding
from gatepost.model.proof import UNPROVEN, Proof
from gatepost.model.verdict import Action
from gatepost.origin.describe import describe_proof
from gatepost.origin.plain import proof_to_dict
from gatepost.screen.plain_files import files_to_list
from gatepost.store.entries import State
from gatepost.store.rows import DeliveryRow

LEAST_TABLE_WIDTH = 100  # columns of a terminal: in a narrower one the sentences would stand a word a line
NAME_LENGTH = 16  # of a mail's name: enough to tell mails apart, short enough to type


def show_moment(at: datetime | None) -> str:
    """Write a moment in the time of the user's own zone."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


def _show_state(row: DeliveryRow) -> str:
    """Say where a mail stands; one that was put off was answered like a refused one, but its sender comes again."""
    is_put_off = row.state is State.REFUSED and row.action == Action.DEFER
    return translate("put off" if is_put_off else row.state.value)


COLUMNS: Mapping[str, Callable[[DeliveryRow], str]] = {
    "mail": lambda row: row.mail_id[:NAME_LENGTH],
    "received": lambda row: show_moment(row.received_at),
    "from": lambda row: row.header_from or row.mail_from or "<>",
    "to": lambda row: row.recipient,
    "subject": lambda row: row.subject,
    "why": lambda row: pick_language(row.reason, row.reason_zh),
    "state": _show_state,
    "attempts": lambda row: str(row.attempts),
    "next attempt": lambda row: show_moment(row.next_attempt_at),
    "last answer": lambda row: f"{row.last_status} {translate(row.last_says)}".strip(),
}


_HEADLINE = ("mail", "received")  # every list has them


def _make_table(title: str, columns: Sequence[str]) -> Table:
    """Give an empty table in which the name of a mail is never broken."""
    table = make_table(title, columns)
    for column, called in zip(table.columns, columns, strict=True):
        column.no_wrap = called == "mail"
    return table


def print_rows(rows: Sequence[DeliveryRow], columns: Sequence[str], *, as_json: bool) -> None:
    """Print one line for each mail and recipient."""
    if as_json:
        print_json_lines(map(msgspec.to_builtins, rows))
    elif not rows:
        make_console().print(translate("nothing"))
    elif (console := make_console()).width < LEAST_TABLE_WIDTH:
        for row in rows:
            console.print(*_list_lines(row, columns), sep="\n")
    else:
        table = _make_table("", columns)
        for row in rows:
            table.add_row(*(make_cell(COLUMNS[column](row)) for column in columns))
        console.print(table)


def _list_lines(row: DeliveryRow, columns: Sequence[str]) -> Iterator[Text]:
    """Give one row as lines of a narrow terminal: the mail and when it came, then what else there is to say."""
    yield make_cell("  ".join(COLUMNS[column](row) for column in _HEADLINE), "bold")
    for column in columns:
        if column not in _HEADLINE and (said := COLUMNS[column](row)):
            yield make_cell(f"  {translate(column)}{pick_language(': ', '：')}{said}")


def print_mail(view: MailView, *, as_json: bool) -> None:
    """Print all that is known of one mail, its bytes apart."""
    findings = msgspec.json.decode(view.findings, type=list[Finding])
    proof = msgspec.json.decode(view.proof, type=Proof) if view.proof else UNPROVEN
    if as_json:
        print_json_lines([_describe_mail(view, findings, proof)])
        return
    console = make_console()
    tables = (
        _build_facts(view),
        _build_findings(findings),
        _build_files(view, findings),
        _build_removed(view),
        _build_proof(proof),
        _build_history(view),
    )
    for table in tables:
        if table.row_count:
            console.print(table)


def _describe_mail(view: MailView, findings: list[Finding], proof: Proof) -> dict[str, object]:
    return {
        "deliveries": msgspec.to_builtins(view.deliveries),
        "findings": msgspec.to_builtins(findings),
        "auth": proof_to_dict(proof),
        "files": files_to_list(view.contents, findings),
        "files_left_out": view.contents.left_out_count,
        "removed": msgspec.to_builtins(view.removed),
        "events": msgspec.to_builtins(view.events),
        "raw_is_kept": view.raw is not None,
    }


def _build_facts(view: MailView) -> Table:
    table = Table(show_header=False, box=None)
    first = view.deliveries[0]
    sender = first.mail_from or "<>"
    facts = [
        ("mail", first.mail_id),
        ("received", show_moment(first.received_at)),
        ("from", translate(f"{first.header_from} (envelope: {sender})")),
        ("client", first.client_ip),
        ("subject", first.subject),
        ("size", translate(f"{first.size_bytes} bytes")),
        ("score", f"{first.score:.3f}"),
    ]
    verdict = pick_language("; the verdict was: ", "；结论：")
    facts += [
        ("to", f"{row.recipient}: {_show_state(row)}{verdict}{pick_language(row.reason, row.reason_zh)}")
        for row in view.deliveries
    ]
    for name, value in facts:
        table.add_row(make_cell(translate(name), "bold"), make_cell(value))
    return table


def _build_findings(findings: list[Finding]) -> Table:
    table = _make_table("what was found", ["weight", "code", "finding", "evidence"])
    for finding in findings:
        evidence = "; ".join(filter(None, (f"{one.file} {one.text}".strip() for one in finding.evidence)))
        says = pick_language(finding.says, finding.says_zh)
        table.add_row(*map(make_cell, (translate(finding.severity.name.lower()), finding.code, says, evidence)))
    return table


def _build_files(view: MailView, findings: list[Finding]) -> Table:
    table = make_table("", ["what it carries"])
    for line in show_files(view.contents, findings):
        table.add_row(line)
    return table


def _build_removed(view: MailView) -> Table:
    table = _make_table("what its cleaned form goes without", ["part", "name", "kind", "size", "sha256", "why"])
    for part in view.removed:
        why = pick_language(part.says, part.says_zh)
        table.add_row(*map(make_cell, (part.path, part.name, part.kind, write_size(part.size_bytes), part.sha256, why)))
    return table


def _build_proof(proof: Proof) -> Table:
    table = make_table("", ["who is proven to have sent it"])
    for says, says_zh in describe_proof(proof):
        table.add_row(make_cell(pick_language(says, says_zh)))
    return table


def _build_history(view: MailView) -> Table:
    table = _make_table("what happened", ["when", "recipient", "state", "says", "by"])
    names = {row.recipient_number: row.recipient for row in view.deliveries}
    for event in view.events:
        says = f"{event.status} {translate(event.says)}".strip()
        recipient = names.get(event.recipient_number, "")
        table.add_row(*map(make_cell, (show_moment(event.at), recipient, translate(event.state), says, event.by)))
    return table


def tell_done(done: str, mail: str, recipient_count: int, *, as_json: bool) -> None:
    """Say what was done with one mail."""
    if as_json:
        print_json_lines([{"mail": mail, "done": done, "recipients": recipient_count}])
    else:
        make_console().print(make_cell(translate(f"{mail}: {done} for {recipient_count} recipient(s)")))
