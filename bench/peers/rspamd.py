"""Rspamd as a peer: all its own rules, with everything that would ask the network or a database switched off."""

import contextlib
import http.client
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.process import list_tree, pick_port, read_tail, run_server
from bench.row import Unmeasurable
from bench.scanner import Opinion

START_DEADLINE_S = 90.0
_USER = "_rspamd"
_IS_READY = "full hyperscan database"  # logged once by the main process and once by each worker
_ASK_THE_WORLD = (
    "antivirus",
    "arc",
    "asn",
    "bimi",
    "clickhouse",
    "dcc",
    "dkim",
    "dkim_signing",
    "dmarc",
    "elastic",
    "external_services",
    "fuzzy_check",
    "greylist",
    "hfilter",
    "history_redis",
    "metadata_exporter",
    "metric_exporter",
    "mx_check",
    "neural",
    "p0f",
    "ratelimit",
    "rbl",
    "replies",
    "reputation",
    "rspamd_update",
    "spf",
    "surbl",
    "url_redirector",
)  # modules

_SETTINGS = """
.include "$CONFDIR/common.conf"
options {
  pidfile = "$RUNDIR/rspamd.pid";
  .include "$CONFDIR/options.inc"
  .include(priority=10) "$LOCAL_CONFDIR/override.d/options.inc"
}
logging {
  type = "file";
  filename = "$LOGDIR/rspamd.log";
  .include "$CONFDIR/logging.inc"
}
"""
_NO_NAMES = 'dns { nameserver = ["127.0.0.1:9"]; timeout = 0.01s; retransmits = 1; }\n'  # nobody answers there
_SCANNER = 'worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = {workers}; mime = true; }}'
_MILTER = """
worker "rspamd_proxy" {{
  bind_socket = "127.0.0.1:{port}"; count = {workers}; milter = yes; timeout = 120s;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Rspamd:
    """A running Rspamd whose patterns are compiled."""

    port: int
    root: int
    worker_pid: int
    pids: tuple[int, ...]

    def scan(self, raw: bytes) -> Opinion:
        """Ask for an opinion on one mail."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/checkv2", raw)
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return Opinion(score=answer["score"], finding_count=len(answer["symbols"]))


def run_rspamd_scanner(folder: Path, *, workers: int = 1) -> contextlib.AbstractContextManager[Rspamd]:
    """Run Rspamd for mails posted over HTTP."""
    return _run(folder, _SCANNER, workers)


def run_rspamd_milter(folder: Path, *, workers: int) -> contextlib.AbstractContextManager[Rspamd]:
    """Run Rspamd as the milter of a mail server, each worker judging by itself."""
    return _run(folder, _MILTER, workers)


@contextlib.contextmanager
def _run(folder: Path, worker_template: str, workers: int) -> Iterator[Rspamd]:
    if shutil.which("rspamd") is None or os.geteuid() != 0:
        raise Unmeasurable("Rspamd is missing or we are not root: apt-get install rspamd, and run as root")
    port = pick_port()
    argv = _write_settings(folder, worker_template.format(port=port, workers=workers))
    with run_server(argv, log=folder / "out") as server:
        worker_pids = _wait_until_compiled(folder / "rspamd.log", workers)
        yield Rspamd(port, server.pid, worker_pids[0], tuple(list_tree(server.pid)))


def _write_settings(folder: Path, worker: str) -> list[str]:
    overrides = folder / "override.d"
    overrides.mkdir(parents=True)
    for module in _ASK_THE_WORLD:
        (overrides / f"{module}.conf").write_text("enabled = false;\n")
    (overrides / "phishing.conf").write_text("phishtank_enabled = false;\n")  # the rest of it needs no network
    (overrides / "options.inc").write_text(_NO_NAMES)
    (folder / "rspamd.conf").write_text(_SETTINGS + worker)
    shutil.chown(folder, _USER)
    places = [f"--var={name}={folder}" for name in ("LOCAL_CONFDIR", "DBDIR", "RUNDIR", "LOGDIR")]
    return ["rspamd", "-f", "-u", _USER, "-g", _USER, "-c", str(folder / "rspamd.conf"), *places]


def _wait_until_compiled(log: Path, workers: int) -> list[int]:
    """Wait until every worker runs on compiled patterns; before that it would be measured at its slowest."""
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline:
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        pids = [parse_ready_worker(line) for line in lines if _IS_READY in line]
        ready = sorted({pid for pid in pids if pid is not None})
        if len(ready) >= workers:
            return ready
        time.sleep(0.2)
    raise RuntimeError(f"Rspamd did not compile its patterns in time: {read_tail(log)}")


def parse_ready_worker(line: str) -> int | None:
    """Give the process id of a log line such as `2026-01-02 03:04:05 #77(normal) <x>; ...`, None for the main one.

    >>> parse_ready_worker("2026-01-02 03:04:05 #77(normal) <x>; re_cache; full hyperscan database")
    77
    """
    pid, _, rest = line.partition("#")[2].partition("(")
    return int(pid) if pid.isdigit() and not rest.startswith("main)") else None
