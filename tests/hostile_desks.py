"""What files could make of a process that opens them, without files that do so: each name is an attack.

Named to the sandbox in place of the real openers. Where an attack fails, how it failed is the file's trait.
"""

import ctypes
import hashlib
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from gatepost.model.contents import FoundLink, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import Keep
from gatepost.net.sandbox.child import Desk, MakeDesk
from gatepost.net.sandbox.desks import prepare_desks

MEGABYTE = 1024 * 1024


def prepare() -> MakeDesk:
    """Give the desk for one mail."""
    return HostileDesk


def break_at_start() -> MakeDesk:
    """Fail as a library would that is not there."""
    raise ImportError("no such library")


def prepare_beside_real() -> MakeDesk:
    """Give desks that open files as the real ones do, but those that are called as an attack as hostile ones do."""
    make_real = prepare_desks()
    return lambda passwords, keep: _EitherDesk(HostileDesk(passwords, keep), make_real(passwords, keep))


class HostileDesk:
    """Does what the name of a file says; other files it opens."""

    def __init__(self, passwords: tuple[str, ...], keep: Keep) -> None:
        self.passwords = passwords
        self.keep = keep
        self.opened = 0

    def open(self, path: str, name: str, content: bytes, declared_type: str = "") -> OpenedFile:
        self.opened += 1
        verb, _, what = name.partition(" ")
        attack = ATTACKS.get(verb)
        said = self._tell(declared_type) if attack is None else _try(attack, what)
        if isinstance(said, OpenedFile):
            return said
        return OpenedFile(
            path,
            name,
            FileKind.UNKNOWN,
            len(content),
            Opening.OPENED,
            hashlib.sha256(content).hexdigest(),
            traits=(Trait("test.said", said[:200]),),
            content=content if self.keep is not Keep.NOTHING else b"",
        )

    def _tell(self, declared_type: str) -> str:
        return f"{self.opened} {declared_type} {' '.join(self.passwords)}"


class _EitherDesk:
    def __init__(self, hostile: Desk, real: Desk) -> None:
        self._hostile = hostile
        self._real = real

    def open(self, path: str, name: str, content: bytes, declared_type: str = "") -> OpenedFile:
        desk = self._hostile if name.partition(" ")[0] in ATTACKS else self._real
        return desk.open(path, name, content, declared_type)


def _try(attack: Callable[[str], object], what: str) -> "str | OpenedFile":
    try:
        done = attack(what)
    except OSError as error:
        return f"{type(error).__name__} {error.errno}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return type(error).__name__
    return done if isinstance(done, OpenedFile) else str(done)


def _hang(_what: str) -> None:
    while True:
        pass


def _sleep(what: str) -> None:
    time.sleep(float(what))


def _ignore_alarm(_what: str) -> None:
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    _hang("")


def _fill_memory(_what: str) -> None:
    kept = []
    while True:
        kept.append(b"x" * (16 * MEGABYTE))


def _fill_memory_in_c(_what: str) -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while True:
        block = libc.malloc(ctypes.c_size_t(16 * MEGABYTE))
        if not block:
            os.abort()  # as C++ does
        ctypes.memset(block, 1, 16 * MEGABYTE)


def _fork(_what: str) -> str:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return "forked"


def _start_thread(_what: str) -> None:
    threading.Thread(target=int).start()


def _run_shell(_what: str) -> int:
    return subprocess.run(["/bin/true"], check=False).returncode


def _exec(_what: str) -> None:
    os.execv("/bin/true", ["true"])  # noqa: S606


def _connect(what: str) -> str:
    with socket.socket(socket.AF_INET) as sock:
        sock.connect(("127.0.0.1", int(what)))
    return "connected"


def _write_file(what: str) -> str:
    Path(what).write_text("x")
    return "written"


def _read_file(what: str) -> str:
    return f"read {len(Path(what).read_bytes())}"


def _list_folder(what: str) -> str:
    return " ".join(sorted(each.name for each in Path(what).iterdir()))


def _write_own(what: str) -> str:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"x" * int(what))
        file.flush()
        file.seek(0)
        return f"{len(file.read())} {len(list(Path(tempfile.gettempdir()).iterdir()))}"


def _fill_disk(_what: str) -> None:
    while True:
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(b"x" * (16 * MEGABYTE))


def _close_stream(_what: str) -> None:
    os.closerange(3, 64)
    time.sleep(99)


def _make_files(what: str) -> str:
    for number in range(int(what)):
        Path(tempfile.gettempdir(), str(number)).touch()
    return "made"


def _open_files(_what: str) -> None:
    kept = []
    while True:
        kept.append(tempfile.TemporaryFile())  # noqa: SIM115


def _call(what: str) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    number, *arguments = map(int, what.split(","))
    result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    return f"{result} {ctypes.get_errno()}"


def _say_who(_what: str) -> str:
    return f"{os.getuid()} {os.getgid()} {os.getgroups()} {os.environ.get('HOME')}"


def _leave_file(_what: str) -> str:
    Path(tempfile.gettempdir(), "left").write_text("x")
    return _list_folder(tempfile.gettempdir())


def _talk(what: str) -> OpenedFile:
    """Say two million characters about the file of this number."""
    return OpenedFile(what, "", FileKind.ZIP, 1, Opening.OPENED, links=(FoundLink("x" * 4_000),) * 500)


def _lie(what: str) -> OpenedFile:
    lies = {
        "path": OpenedFile("9", "x", FileKind.ZIP, 1),
        "size": OpenedFile("1", "x", FileKind.ZIP, 77),
        "trait": OpenedFile("1", "x", FileKind.ZIP, 1, traits=(Trait("a" * 5_000),)),
        "content": OpenedFile("1", "x", FileKind.ZIP, 1, content=b"x"),
        "inner": OpenedFile("1", "x", FileKind.ZIP, 1, files=(OpenedFile("2", "x", FileKind.ZIP, 1),)),
        "much": OpenedFile("1", "x" * (20 * MEGABYTE), FileKind.ZIP, 1),
    }
    return lies[what]


ATTACKS: dict[str, Callable[[str], object]] = {
    "abort": lambda _what: os.abort(),
    "segv": lambda _what: ctypes.string_at(0),
    "exit": lambda what: os._exit(int(what)),
    "hang": _hang,
    "sleep": _sleep,
    "ignore-alarm": _ignore_alarm,
    "memory": _fill_memory,
    "memory-in-c": _fill_memory_in_c,
    "fork": _fork,
    "thread": _start_thread,
    "shell": _run_shell,
    "exec": _exec,
    "connect": _connect,
    "write": _write_file,
    "read": _read_file,
    "list": _list_folder,
    "write-own": _write_own,
    "fill-disk": _fill_disk,
    "open-files": _open_files,
    "call": _call,
    "kill": lambda what: os.kill(int(what), 9),
    "close-stream": _close_stream,
    "many-files": _make_files,
    "pid": lambda _what: os.getpid(),
    "who": _say_who,
    "leave-file": _leave_file,
    "lie": _lie,
    "talk": _talk,
    "import": lambda what: __import__(what).__name__,
}
