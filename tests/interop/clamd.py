"""A real clamd on a Unix socket, with signatures of our own in place of ClamAV's database."""

import contextlib
import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interop.peers import open_folder, require_programs, stop_process, wait_until

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
MALWARE = b"this-would-be-malware"  # to us it is an ordinary text
PUA = b"this-program-may-be-unwanted"
STREAM_MAX_MB = 2
_CONFIGURATION = """\
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/database
TemporaryDirectory {folder}
LogFile {folder}/log
Foreground yes
User root
DetectPUA yes
StreamMaxLength {limit}M
"""


@dataclass(slots=True)
class ClamdServer:
    """A running clamd; it can be stopped and started again."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Give what [antivirus] clamd says."""
        return f"unix:{self.folder}/clamd.ctl"

    def start(self) -> None:
        """Start it, after `stop` once more."""
        socket = self.folder / "clamd.ctl"
        socket.unlink(missing_ok=True)
        argv = ["/usr/sbin/clamd", "-c", str(self.folder / "clamd.conf")]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(socket.exists, "clamd listens")

    def stop(self) -> None:
        """Stop it."""
        if self.process is not None:
            stop_process(self.process)
            self.process = None


@contextlib.contextmanager
def start_clamd() -> Iterator[ClamdServer]:
    """Run clamd until the block ends; it knows EICAR, by its bytes and by its hash, and two inventions."""
    require_programs("clamd")
    with open_folder("clamd") as folder:
        database = folder / "database"
        database.mkdir()
        known = {"Test.Eicar": EICAR, "Test.Malware": MALWARE, "PUA.Test.Thing": PUA}
        (database / "own.ndb").write_text("".join(f"{name}:0:*:{what.hex()}\n" for name, what in known.items()))
        (database / "own.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Test.Eicar.Hash\n")  # noqa: S324 - the format
        (folder / "clamd.conf").write_text(_CONFIGURATION.format(folder=folder, limit=STREAM_MAX_MB))
        server = ClamdServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
