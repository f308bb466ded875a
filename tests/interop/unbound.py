"""A real validating unbound on loopback over a DNS of our own, which another unbound serves.

The root holds the records that a test gives, unsigned. Below it `signed.example` is signed and the resolver has its
key, `bogus.signed.example` has lost its signature's truth, and the servers of `hangs.example` never answer.
"""

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gatepost.net.local_ca import CertificatePaths
from interop.peers import find_free_port, open_folder, require_programs, stop_process, wait_for_port

_COMMON = """\
server:
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: ""
  logfile: "{folder}/{name}.log"
  use-syslog: no
  do-daemonize: no
  num-threads: 1
  do-ip6: no
  interface: 127.0.0.1
  port: {port}
  local-zone: "2.0.192.in-addr.arpa." nodefault
  local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." nodefault
"""
_AUTHORITY = """\
auth-zone:
  name: "."
  zonefile: "{folder}/root.zone"
auth-zone:
  name: "signed.example."
  zonefile: "{folder}/signed.zone"
"""
_RESOLVER = """\
  module-config: "validator iterator"
  do-not-query-localhost: no
  use-caps-for-id: yes
  trust-anchor-file: "{folder}/anchor"
  {tls}
remote-control:
  control-enable: yes
  control-interface: "{folder}/control"
  control-use-cert: no
stub-zone:
  name: "."
  stub-addr: 127.0.0.1@{authority}
stub-zone:
  name: "hangs.example."
  stub-addr: 127.0.0.1@{silence}
"""
_TLS = """\
interface: 127.0.0.1@{tls_port}
  tls-port: {tls_port}
  tls-service-key: "{tls.key}"
  tls-service-pem: "{tls.certificate}"
"""
_APEX = """\
$TTL 300
{apex} IN SOA ns.example. hostmaster.example. 1 3600 600 86400 300
{apex} IN NS ns.example.
"""
_SIGNED = """\
good.signed.example. IN A 192.0.2.1
good.signed.example. IN TXT "signed"
bogus.signed.example. IN A 192.0.2.2
"""
FORGED = "192.0.2.66"  # what bogus.signed.example says in place of what was signed


@dataclass(slots=True)
class Unbound:
    """A running resolver, and the authority behind it."""

    folder: Path
    port: int
    tls_port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def server(self) -> str:
        """Give what [dns] servers says."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the resolver, after `stop` once more."""
        self.process = _start(self.folder, "resolver", self.port)

    def stop(self) -> None:
        """Stop the resolver; the authority runs on."""
        if self.process is not None:
            stop_process(self.process)
            self.process = None

    def count_questions(self) -> int:
        """Give how many questions the resolver has been asked since it started."""
        told = subprocess.run(
            ["/usr/sbin/unbound-control", "-c", str(self.folder / "resolver.conf"), "stats_noreset"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return int(dict(line.partition("=")[::2] for line in told.splitlines())["total.num.queries"])


@contextlib.contextmanager
def start_unbound(records: str = "", tls: CertificatePaths | None = None) -> Iterator[Unbound]:
    """Run both until the block ends; `records` are lines of a zone file with whole names, `tls` adds a port for DoT."""
    require_programs("unbound", "unbound-control", "ldns-keygen", "ldns-signzone")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(open_folder("unbound"))
        silence = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        silence.bind(("127.0.0.1", 0))
        authority, unbound = find_free_port(), Unbound(folder, find_free_port(), find_free_port())
        _write_zones(folder, records)
        common = _COMMON.format(folder=folder, name="authority", port=authority)
        (folder / "authority.conf").write_text(common + _AUTHORITY.format(folder=folder))
        over_tls = _TLS.format(tls_port=unbound.tls_port, tls=tls) if tls else ""
        (folder / "resolver.conf").write_text(
            _COMMON.format(folder=folder, name="resolver", port=unbound.port)
            + _RESOLVER.format(folder=folder, authority=authority, silence=silence.getsockname()[1], tls=over_tls)
        )
        stack.callback(stop_process, _start(folder, "authority", authority))
        stack.callback(unbound.stop)
        unbound.start()
        yield unbound


def _start(folder: Path, name: str, port: int) -> "subprocess.Popen[bytes]":
    log = folder / f"{name}.log"
    with log.open("ab") as errors:
        process = subprocess.Popen(["/usr/sbin/unbound", "-d", "-c", str(folder / f"{name}.conf")], stderr=errors)
    wait_for_port(port, process, log)
    return process


def _write_zones(folder: Path, records: str) -> None:
    (folder / "root.zone").write_text(_APEX.format(apex=".") + records)
    (folder / "signed").write_text(_APEX.format(apex="signed.example.") + _SIGNED)
    key = _run(folder, "ldns-keygen", "-a", "ECDSAP256SHA256", "-k", "signed.example.").strip()
    _run(folder, "ldns-signzone", "-n", "-f", "signed.zone", "signed", key)
    (folder / "anchor").write_bytes((folder / f"{key}.ds").read_bytes())
    signed = (folder / "signed.zone").read_text()
    (folder / "signed.zone").write_text(signed.replace("192.0.2.2", FORGED))


def _run(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
