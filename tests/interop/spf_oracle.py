"""pyspf as a second opinion: it has no wheel, so Debian's own Python runs it beside the tests."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from doubles import TIMEOUT
from gatepost.origin.spf import SpfQuestion
from interop.peers import require_files, stop_process

PYTHON = "/usr/bin/python3"
PYSPF = "/usr/lib/python3/dist-packages/spf.py"
CHILD = Path(__file__).with_name("pyspf_child.py")

Zone = Mapping[tuple[str, str], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class SpfOracle:
    """A running pyspf."""

    child: "subprocess.Popen[bytes]"

    def check(self, question: SpfQuestion, zone: Zone, *, max_void_lookups: int = 2) -> tuple[str, str]:
        """Give its result and explanation for MAIL FROM, or for HELO where that is the null sender."""
        result, explanation = self._ask(question, zone, max_void_lookups=max_void_lookups)
        return result, explanation

    def _ask(self, question: SpfQuestion, zone: Zone, **more: int) -> Any:
        said = {
            "ip": question.client_ip,
            "helo": question.helo,
            "sender": str(question.mail_from or ""),
            "receiver": question.hostname.name,
            "zone": dict(_show_records(name, kind, records) for (name, kind), records in zone.items()),
        }
        stdin, stdout = self.child.stdin, self.child.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(said | more).encode() + b"\n")
        stdin.flush()
        line = stdout.readline()
        assert line, "pyspf's process ended"
        return json.loads(line)


def _show_records(name: str, kind: str, records: Sequence[Any]) -> tuple[str, Any]:
    place = ip_address(name).reverse_pointer if kind == "PTR" else name
    shown = [record.decode("latin-1") for record in records] if kind == "TXT" and records is not TIMEOUT else records
    return f"{place} {kind}", None if records is TIMEOUT else shown


@contextmanager
def start_spf_oracle() -> Iterator[SpfOracle]:
    """Run pyspf as long as the context is open."""
    require_files(PYTHON, PYSPF)
    child = subprocess.Popen([PYTHON, "-I", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield SpfOracle(child)
    finally:
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        stop_process(child)
