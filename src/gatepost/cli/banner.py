"""What `gatepost serve` says before its doors open: where they are, where mail goes, what is weak, how to try it."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gatepost.cli.demo_mails import find_mail_folder
from gatepost.cli.output import make_cell
from gatepost.cli.translation import translate
from gatepost.config.load import MACHINE_ORIGIN, Configuration
from gatepost.config.settings import Settings
from gatepost.config.weak import find_weaknesses
from gatepost.flow.settings import Known
from gatepost.gates.settings import parse_listen

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is listened on, and how it is reached


def print_banner(configuration: Configuration, console: Console) -> None:
    """Print the table of doors, the weak settings in force, and three lines to try the gate."""
    settings = configuration.settings
    table = Table(title="gatepost", title_style="bold", title_justify="left", show_header=False)
    for name, value in _describe_doors(configuration):
        table.add_row(make_cell(translate(name), "bold"), make_cell(translate(value)))
    console.print(table)
    for weak in find_weaknesses(settings):
        said = weak.describe(configuration.origin_of(weak.path))
        console.print(make_cell(translate(f"WEAK: {said}"), "bold yellow"), soft_wrap=True)
    console.print(Text(translate("Try it from another terminal:"), style="bold"))
    for line in build_trials(settings):
        console.print(make_cell(f"  {line}"), soft_wrap=True)


def _describe_doors(configuration: Configuration) -> Iterator[tuple[str, str]]:
    settings = configuration.settings
    smtp = settings.smtp
    yield "SMTP", ", ".join(smtp.listen) + (" (only with STARTTLS)" if smtp.require_tls else " (STARTTLS offered)")
    if smtp.listen_tls:
        yield "SMTP over TLS", ", ".join(smtp.listen_tls)
    yield (
        "metrics, health",
        f"http://{settings.metrics.listen}/metrics, /healthz" if settings.metrics.listen else "none",
    )
    yield "mail for", ", ".join(settings.recipients.domains) + _explain_default(configuration)
    yield "mail goes to", settings.deliver.upstream or f"Maildir {settings.deliver.maildir}"
    yield "kept in", settings.state
    yield "screening", "on" if settings.screen.enabled else "OFF"
    yield "files in mails", _describe_opening(settings)
    yield "antivirus", f"clamd at {settings.antivirus.clamd}" if settings.antivirus.clamd else "none"
    yield "workers", str(settings.workers)
    yield "settings from", f"{configuration.file or 'no file'}{', flags' if configuration.flags else ''}"


def _describe_opening(settings: Settings) -> str:
    if not settings.open.enabled:
        return "NOT OPENED"
    rules = settings.screen.yara
    names = ["those of gatepost"] * rules.shipped + [rules.folder] * bool(rules.folder)
    return f"opened in a sandbox; YARA rules: {', '.join(names) or 'none'}"


def _explain_default(configuration: Configuration) -> str:
    is_default = configuration.origin_of(("recipients", "domains")) == MACHINE_ORIGIN
    return " (set your own with --domain or [recipients] domains)" if is_default else ""


def build_trials(settings: Settings) -> Iterator[str]:
    """Give command lines that work as they stand: two ways to send a mail, then where to look."""
    endpoint = parse_listen(settings.smtp.listen[0]) if settings.smtp.listen else None
    local_part = "you" if settings.recipients.known is Known.ANY else "postmaster"
    recipient = f"{local_part}@{settings.recipients.domains[0]}"
    if endpoint is not None:
        host = WILDCARDS.get(endpoint.host, endpoint.host)
        shown = f"[{host}]" if ":" in host else host
        yield (
            f'swaks --server {shown}:{endpoint.port} --from me@example.org --to {recipient} --header "Subject: hello"'
        )
        python = (
            f"import smtplib; smtplib.SMTP({host!r}, {endpoint.port})"
            f".sendmail('me@example.org', '{recipient}', 'Subject: hello\\n\\nIt works.')"
        )
        yield f'{sys.executable} -c "{python}"'
    program = name_program(sys.argv[0])
    yield f"{program} quarantine list --state {shlex.quote(settings.state)}"
    yield f"{program} scan {shlex.quote(str(find_mail_folder()))}"


def name_program(called_as: str) -> str:
    """Give the command line as it was called; it need not be on the PATH."""
    if Path(called_as).name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m gatepost.cli"
    return shlex.quote(called_as)
