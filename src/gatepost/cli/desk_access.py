"""The way from the terminal to kept mail: through the running gate, or into its books when no gate runs."""

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gatepost.cli.options import state_flags
from gatepost.config.load import Configuration
from gatepost.config.settings import Settings
from gatepost.flow.desk import Desk, Teach
from gatepost.gates.control import RemoteDesk, short_path
from gatepost.model.address import Domain
from gatepost.model.errors import BadInput, StorageTrouble
from gatepost.net.clock import SystemClock
from gatepost.store.entries import Label, StoredMail
from gatepost.store.ledger import Ledger

MailNames = Annotated[
    list[str], typer.Argument(metavar="MAIL", help="Names of mails, or their beginnings.", show_default=False)
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it is kept with the mail.", show_default=False)]

_ROOT = 0


@contextmanager
def open_desk(config: Path | None, state: Path | None) -> Iterator[Desk | RemoteDesk]:
    """Give the desk of a state folder; raise BadInput where there is none."""
    settings = Configuration.load(config, state_flags(state)).settings
    folder = Path(settings.state)
    if not folder.is_dir():
        raise BadInput(f"there is no state folder {folder}; name the gate's own with --state or --config")
    if is_running(folder):
        yield RemoteDesk(folder)
        return
    clock = SystemClock()
    ledger = _open_ledger(folder, clock, settings)
    try:
        ledger.recover()
        yield Desk(ledger, clock, lambda: None, _build_teaching(settings))
    finally:
        ledger.close()
        give_to_owner(folder)


def _open_ledger(folder: Path, clock: SystemClock, settings: Settings) -> Ledger:
    try:
        return Ledger(folder, clock, settings.store)
    except StorageTrouble as error:
        if isinstance(error.__cause__, PermissionError):
            raise _tell_owner(folder) from error
        raise


def _tell_owner(folder: Path) -> BadInput:
    return BadInput(f"{folder} belongs to another user; run this as that user or as root")


def _build_teaching(settings: Settings) -> Teach | None:
    """Give what keeps decisions; the checks are loaded with the first of them."""
    if not settings.store.decisions_days:
        return None

    def teach(mail: StoredMail, label: Label, at: datetime) -> None:
        from gatepost.learn.decisions import keep_decision  # noqa: PLC0415 - slow to load, and seldom needed
        from gatepost.screen.kit import NO_MODEL, build_kit  # noqa: PLC0415

        screening = msgspec.structs.replace(settings.screen, model=NO_MODEL)  # only what the checks see is asked for
        own_domains = frozenset(map(Domain.parse, settings.recipients.domains))
        keep_decision(Path(settings.state), mail, label, at, (build_kit(screening), own_domains))

    return teach


def is_running(folder: Path) -> bool:
    """Say whether a gate answers on its control socket."""
    try:
        with socket.socket(socket.AF_UNIX) as probe, short_path(folder) as path:
            probe.connect(path)
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    except PermissionError as error:
        raise _tell_owner(folder) from error
    return True


def give_to_owner(folder: Path) -> None:
    """Give what root has made in the folder to its owner: the gate could not use it otherwise."""
    owner = folder.stat()
    if os.geteuid() != _ROOT or owner.st_uid == _ROOT:
        return
    for path in folder.rglob("*"):
        if path.lstat().st_uid == _ROOT:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def name_user() -> str:
    """Say who gives the command, as it is recorded."""
    return os.environ.get("SUDO_USER") or getpass.getuser()
