"""What settings leave open, found out from the machine; so the tree in force holds plain values only."""

import os
import platform
import pwd
from collections.abc import Iterator, Mapping
from pathlib import Path

from gatepost.config.settings import Settings
from gatepost.model.address import Domain
from gatepost.model.errors import BadAddress

_ROOT = 0


def derive_values(settings: Settings) -> Iterator[tuple[tuple[str, ...], object]]:
    """Give a value for each setting that was left empty and means something else than empty."""
    state = settings.state or str(choose_state_folder(os.geteuid(), os.environ))
    hostname = settings.hostname or _machine_name()
    if not settings.state:
        yield ("state",), state
    if not settings.hostname:
        yield ("hostname",), hostname
    if not settings.workers:
        yield ("workers",), len(os.sched_getaffinity(0))
    if not settings.run_as:
        yield ("run_as",), _service_user()
    if not settings.recipients.domains:
        yield ("recipients", "domains"), _name_own_domains(hostname)
    if not (settings.deliver.maildir or settings.deliver.upstream):
        yield ("deliver", "maildir"), f"{state}/Maildir"


def choose_state_folder(uid: int, environment: Mapping[str, str]) -> Path:
    """Give the folder for state that the machine's customs ask for (XDG Base Directory for all but root)."""
    if uid == _ROOT:
        return Path("/var/lib/gatepost")
    base = environment.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else Path(environment.get("HOME", "/"), ".local/state")) / "gatepost"


def _machine_name() -> str:
    return _parse_or(platform.node(), "localhost")


def _name_own_domains(hostname: str) -> list[str]:
    return list(dict.fromkeys(["localhost", _parse_or(hostname, "localhost")]))


def _parse_or(name: str, otherwise: str) -> str:
    try:
        return str(Domain.parse(name))
    except BadAddress:
        return otherwise


def _service_user() -> str:
    try:
        return pwd.getpwnam("gatepost").pw_name
    except KeyError:
        return "nobody"
