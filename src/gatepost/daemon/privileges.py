"""Gives up root once the listening sockets are open.

The service user must be able to reach the state folder, the Maildir and the interpreter. Where it cannot (a state
folder below /root, say) gatepost goes on as root and says so loudly: mail that cannot be kept helps nobody.
"""

import ctypes
import os
import pwd
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gatepost.model.errors import BadSettings

_PR_SET_MDWE, _REFUSE_EXEC_GAIN, _NOT_INHERITED = 65, 1, 2
ROOT_UID = 0
UNKNOWN_CODE = 255


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """Whom to become."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]


ROOT = ServiceUser("root", ROOT_UID, 0, (0,))


def find_service_user(name: str) -> ServiceUser | None:
    """Give the user to become; None when we are not root. Raises BadSettings when there is no such user."""
    if os.geteuid() != ROOT_UID:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise BadSettings(f"run_as: there is no user {name!r}; make one with `useradd --system {name}`") from error
    if entry.pw_uid == ROOT_UID:
        raise BadSettings(f"run_as: {name!r} is root itself; name a user without privileges")
    return ServiceUser(name, entry.pw_uid, entry.pw_gid, tuple(os.getgrouplist(name, entry.pw_gid)))


def hand_over(folder: Path, user: ServiceUser) -> None:
    """Make the service user the owner of a folder of ours and all in it."""
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)


def find_unreachable(user: ServiceUser, writable: Iterable[Path]) -> str:
    """Ask in a child that has become the user which path it cannot use; "" when it can use all."""
    readable = (Path(sys.prefix), Path(sys.base_prefix), Path(__file__))
    wanted = [(path, os.R_OK) for path in readable] + [(path, os.W_OK | os.X_OK) for path in writable]
    child = os.fork()
    if child == 0:
        code = UNKNOWN_CODE
        try:
            become(user)
            refused = [number for number, (path, mode) in enumerate(wanted, 1) if not os.access(path, mode)]
            code = refused[0] if refused else 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return "" if code == 0 else str(wanted[code - 1][0] if 0 < code <= len(wanted) else "this machine")


def become(user: ServiceUser) -> None:
    """Give up root for good in this process; raises PermissionError when that did not come about."""
    os.setgroups(user.groups)
    os.setresgid(user.gid, user.gid, user.gid)
    os.setresuid(user.uid, user.uid, user.uid)
    if {*os.getresuid(), *os.getresgid()} != {user.uid, user.gid}:
        raise PermissionError(f"this process could not become {user.name}")


def refuse_new_code() -> bool:
    """Let no memory of this process become executable from now on; say whether the kernel does that (Linux 6.6).

    What is executable stays so: YARA's rules, compiled before. Processes that are started from here may make code.
    """
    flags = _REFUSE_EXEC_GAIN | _NOT_INHERITED
    return int(ctypes.CDLL(None).prctl(_PR_SET_MDWE, flags, 0, 0, 0)) == 0
