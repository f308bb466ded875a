"""A real gate in its own processes for end-to-end tests: started, watched, killed by process id."""

import atexit
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

START_TIMEOUT_S = 30.0
_started: "list[subprocess.Popen[bytes]]" = []


@atexit.register
def _end_what_was_left() -> None:
    """Kill gates of tests that were broken off; each has a process group of its own."""
    for process in _started:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class GateProcess:
    """`gatepost serve` on loopback with its own state folder."""

    folder: Path
    arguments: tuple[str, ...] = ()
    port: int = field(default_factory=find_free_port)
    metrics_port: int = field(default_factory=find_free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def maildir(self) -> Path:
        return self.folder / "Maildir"

    @property
    def log(self) -> str:
        return (self.folder / "gate.log").read_text(errors="replace")

    def start(self) -> None:
        seen = self.log.count('"ready"') if (self.folder / "gate.log").exists() else 0
        command = [
            sys.executable, "-m", "gatepost.cli", "serve", "--state", str(self.state),
            "--smtp", f"127.0.0.1:{self.port}", "--metrics", f"127.0.0.1:{self.metrics_port}",
            "--domain", "example.org", *self.arguments,
        ]  # fmt: skip
        if not any(argument in ("--maildir", "--upstream", "--config") for argument in self.arguments):
            command += ["--maildir", str(self.maildir)]
        with (self.folder / "gate.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        _started.append(self.process)
        until = time.monotonic() + START_TIMEOUT_S
        while self.log.count('"ready"') == seen:
            if self.process.poll() is not None or time.monotonic() > until:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the gate did not start:\n{self.log}")
            time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill_all(self) -> None:
        """End the whole process group at once, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """Kill what runs of it at the end, whatever happens meanwhile."""
        try:
            yield
        finally:
            if self.process is not None and self.process.poll() is None:
                self.kill_all()

    def stop(self) -> int:
        assert self.process is not None
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def children(self) -> list[int]:
        assert self.process is not None
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(word) for word in text.split()]

    def delivered(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.maildir / "new").glob("*"))]

    def wait_for_mails(self, count: int, timeout_s: float = 20.0) -> list[bytes]:
        until = time.monotonic() + timeout_s
        while len(list((self.maildir / "new").glob("*"))) < count:
            assert time.monotonic() < until, f"{len(self.delivered())} of {count} mails came\n{self.log[-3000:]}"
            time.sleep(0.02)
        return self.delivered()

    def read_page(self, path: str) -> str:
        with socket.create_connection(("127.0.0.1", self.metrics_port), 5) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            return connection.makefile("rb").read().decode()


@contextlib.contextmanager
def running_gate(folder: Path, *arguments: str) -> Iterator[GateProcess]:
    gate = GateProcess(folder, arguments)
    gate.start()
    try:
        yield gate
    finally:
        gate.stop()


def token_of(mail: bytes) -> str:
    """Give the token by which a test knows its mail again."""
    found = re.search(rb"^X-Token: (\S+)\r$", mail, re.MULTILINE)
    assert found
    return found[1].decode()
