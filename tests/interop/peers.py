"""What all real peers of the interop tests have in common: they must be installed, get a port, and come up in time."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

START_S = 20.0
STOP_S = 10.0


def require_programs(*programs: str) -> None:
    """Skip the test, in CI fail it, where a program is not installed or we are not root."""
    missing = [program for program in programs if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None]
    if not missing and os.geteuid() == 0:
        return
    _give_up(f"needs {', '.join(missing)}, which is not installed" if missing else "needs to run as root")


def require_files(*paths: str) -> None:
    """Skip the test, in CI fail it, where a file of a Debian package is not installed."""
    if missing := [path for path in paths if not Path(path).exists()]:
        _give_up(f"needs {', '.join(missing)}, which is not installed")


def _give_up(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def find_free_port() -> int:
    """Give a port on loopback that nobody uses at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def open_folder(name: str) -> Iterator[Path]:
    """Give a folder that the peer's own users may enter; pytest's folders are for root alone."""
    with tempfile.TemporaryDirectory(prefix=f"gatepost-{name}-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def get_user(name: str) -> pwd.struct_passwd:
    """Look up a system user."""
    return pwd.getpwnam(name)


def wait_for_port(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the peer answers; fail the test with the peer's log when it does not come up."""
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said = log.read_text(errors="replace")[-4000:] if log.exists() else "(no log)"
    pytest.fail(f"the peer on port {port} did not come up:\n{said}")


def stop_process(process: "subprocess.Popen[bytes]") -> None:
    """End a process that we started, and wait for it."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Return when it is so; fail the test when that takes too long."""
    deadline_s = time.monotonic() + STOP_S
    while not is_so():
        if time.monotonic() > deadline_s:
            pytest.fail(f"waited in vain until {what}")
        time.sleep(0.05)


def list_mails(folder: Path) -> list[Path]:
    """Give the mails of a Maildir, read or not."""
    return sorted(path for name in ("new", "cur") for path in folder.glob(f"{name}/*"))


def wait_for_mails(folder: Path, count: int) -> list[Path]:
    """Give the mails of a Maildir when there are as many; peers deliver a moment after they have answered."""
    wait_until(lambda: len(list_mails(folder)) >= count, f"{folder} has {count} mails")
    return list_mails(folder)
