"""`gatepost quarantine`: see what is held back, let it go, report or destroy it; who and why is recorded."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gatepost.cli.desk_access import MailNames, ReasonOption, name_user, open_desk
from gatepost.cli.mail_tables import print_mail, print_rows, tell_done
from gatepost.cli.options import ConfigOption, JsonOption, StateOption, state_flags
from gatepost.cli.translation import translate
from gatepost.config.load import Configuration
from gatepost.flow.desk import Desk
from gatepost.gates.control import RemoteDesk
from gatepost.model.cleaning import Form
from gatepost.model.errors import BadInput

COLUMNS = ("mail", "received", "from", "to", "subject", "why")

app = typer.Typer(
    help="See, release, report or destroy held mail.", no_args_is_help=True, pretty_exceptions_enable=False
)


@app.command("list")
def list_quarantine(config: ConfigOption = None, state: StateOption = None, *, as_json: JsonOption = False) -> None:
    """List what is held back, newest first."""
    with open_desk(config, state) as desk:
        print_rows(desk.list_quarantine(), COLUMNS, as_json=as_json)


@app.command("show")
def show_mail(
    mail: Annotated[str, typer.Argument(metavar="MAIL", help="Name of a mail, or its beginning.")],
    config: ConfigOption = None,
    state: StateOption = None,
    *,
    raw: Annotated[bool, typer.Option("--raw", help="Write the mail itself, for a file or another program.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show all that is known of one mail: findings, decisions, history."""
    with open_desk(config, state) as desk:
        view = desk.show(mail)
    if not raw:
        print_mail(view, as_json=as_json)
        return
    if view.raw is None:
        raise BadInput(f"{mail}: its bytes are no longer kept")
    if sys.stdout.isatty():
        raise BadInput("a held mail is not written to a terminal, which it might drive; redirect it to a file")
    sys.stdout.buffer.write(view.raw)


@app.command("release")
def release_mails(  # noqa: PLR0913 - one parameter for each flag
    mails: MailNames,
    reason: ReasonOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
    *,
    original: Annotated[
        bool, typer.Option("--original", help="As it came, where its cleaned form has been delivered.")
    ] = False,
    cleaned: Annotated[
        bool, typer.Option("--cleaned", help="Without the files that are suspect; the mail as it came stays here.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="The cleaned form also to those who have got it already.")
    ] = False,
    allow_held: Annotated[
        bool, typer.Option("--allow-held", help="Cleaned, though what is left would be held, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Let held mail go to its recipients.

    What is left of a mail that goes cleaned is judged again first, by the settings of --config.
    """
    if original and cleaned:
        raise BadInput("a mail goes either as it came or cleaned: say --original or --cleaned")
    if (again or allow_held) and not cleaned:
        raise BadInput("--again and --allow-held are about a mail that goes cleaned: say --cleaned, too")
    form = Form.ORIGINAL.value if original else Form.CLEANED.value if cleaned else ""
    if cleaned and allow_held:
        reason = f"{reason or 'released without its suspect files'} (--allow-held: what is left was not judged again)"
    with open_desk(config, state) as desk:
        release = desk.release_again if again else desk.release
        if cleaned and not allow_held:
            _refuse_what_is_held(desk, mails, config, state)
        for mail in mails:
            tell_done("released", mail, release(mail, name_user(), reason, form), as_json=as_json)


def _refuse_what_is_held(desk: Desk | RemoteDesk, mails: list[str], config: Path | None, state: Path | None) -> None:
    from gatepost.cli.judges import refuse_what_is_held  # noqa: PLC0415 - slow to load, and seldom needed

    refuse_what_is_held(desk, mails, Configuration.load(config, state_flags(state)).settings)


@app.command("report")
def report_mails(  # noqa: PLR0913 - one parameter for each flag
    mails: MailNames,
    reason: ReasonOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
    *,
    delete: Annotated[bool, typer.Option("--delete", help="Also destroy it, for good and without a question.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say that held mail is unwanted: `gatepost model learn` learns from it, as from what was released."""
    with open_desk(config, state) as desk:
        for mail in mails:
            count = desk.report(mail, name_user(), reason)
            if delete:
                desk.delete(mail, name_user(), reason)
            tell_done("reported", mail, count, as_json=as_json)


@app.command("delete")
def delete_mails(  # noqa: PLR0913 - one parameter for each flag
    mails: MailNames,
    reason: ReasonOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Destroy held mail for good."""
    if not yes:
        typer.confirm(translate(f"Destroy {len(mails)} mail(s) for good?"), abort=True, err=True)
    with open_desk(config, state) as desk:
        for mail in mails:
            tell_done("deleted", mail, desk.delete(mail, name_user(), reason), as_json=as_json)
