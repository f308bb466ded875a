"""`gatepost queue`: see what waits to be delivered, try it again now, or take it back."""

from typing import Annotated

import typer

from gatepost.cli.desk_access import MailNames, ReasonOption, name_user, open_desk
from gatepost.cli.mail_tables import print_rows, tell_done
from gatepost.cli.options import ConfigOption, JsonOption, StateOption

HISTORY_COLUMNS = ("mail", "received", "from", "to", "state", "why", "last answer")
MAX_HISTORY = 10_000
COLUMNS = ("mail", "received", "from", "to", "attempts", "next attempt", "last answer")

app = typer.Typer(help="See and move mail that waits.", no_args_is_help=True, pretty_exceptions_enable=False)


@app.command("list")
def list_queue(config: ConfigOption = None, state: StateOption = None, *, as_json: JsonOption = False) -> None:
    """List what waits to be delivered, newest first."""
    with open_desk(config, state) as desk:
        print_rows(desk.list_queue(), COLUMNS, as_json=as_json)


@app.command("history")
def list_history(
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=MAX_HISTORY, help="Newest first.")] = 50,
    about: Annotated[
        str,
        typer.Option(
            "--about", metavar="ADDRESS", help="Only mail from or to it, or from this client; a part of it is enough."
        ),
    ] = "",
    config: ConfigOption = None,
    state: StateOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the newest mails in whatever state: delivered, refused (in the dialog, too), quarantined, bounced."""
    with open_desk(config, state) as desk:
        print_rows(desk.list_history(limit, about), HISTORY_COLUMNS, as_json=as_json)


@app.command("retry")
def retry_mails(
    mails: MailNames, config: ConfigOption = None, state: StateOption = None, *, as_json: JsonOption = False
) -> None:
    """Try to deliver now what would be tried later."""
    with open_desk(config, state) as desk:
        for mail in mails:
            tell_done("to be tried now", mail, desk.retry(mail, name_user()), as_json=as_json)


@app.command("cancel")
def cancel_mails(
    mails: MailNames,
    reason: ReasonOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Take mail out of the queue: it is neither delivered nor sent back."""
    with open_desk(config, state) as desk:
        for mail in mails:
            tell_done("cancelled", mail, desk.cancel(mail, name_user(), reason), as_json=as_json)
