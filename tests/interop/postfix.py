"""A real Postfix in a folder of its own, on loopback, as somebody's mail server behind the gate.

It takes mail for example.org: `known@`, `用户@` and `many0@` to `many9@` exist, each with a Maildir below `mail`.
"""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gatepost.net.local_ca import CertificatePaths
from interop.peers import (
    find_free_port,
    get_user,
    open_folder,
    require_programs,
    stop_process,
    wait_for_port,
    wait_until,
)

DOMAIN = "example.org"
RECIPIENTS = ("known", "用户", *(f"many{number}" for number in range(10)))
SIZE_LIMIT_BYTES = 200_000

MASTER = "/usr/lib/postfix/sbin/master"
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "private",
          "public", "saved", "trace")  # fmt: skip

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.example.org
mydestination =
alias_maps =
alias_database =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtputf8_enable = yes
message_size_limit = {size_limit}
mailbox_size_limit = {size_limit}
virtual_mailbox_limit = {size_limit}
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{{mailboxes}}}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_peername_lookup = no
default_transport = discard
relay_transport = discard
{tls}
"""

MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running Postfix."""

    port: int
    folder: Path

    def mailbox(self, local_part: str) -> Path:
        """Give the Maildir of a recipient."""
        return self.folder / "mail" / local_part

    def wait_for_log(self, text: str) -> None:
        """Return when Postfix has logged a text; fail the test when it does not."""
        wait_until(lambda: text in (self.folder / "log").read_text(errors="replace"), f"Postfix logs {text!r}")


@contextmanager
def start_postfix(tls: CertificatePaths | None = None, extra: str = "") -> Iterator[Postfix]:
    """Run Postfix until the block ends; with `tls` it offers STARTTLS, `extra` are more lines for main.cf."""
    require_programs("postfix")
    owner = get_user("nobody")
    with open_folder("postfix") as folder:
        port = find_free_port()
        values = {
            "folder": folder,
            "size_limit": SIZE_LIMIT_BYTES,
            "domain": DOMAIN,
            "mailboxes": ", ".join(f"{name}@{DOMAIN}={name}/" for name in RECIPIENTS),
            "uid": owner.pw_uid,
            "gid": owner.pw_gid,
            "tls": _tls_lines(tls) + extra,
        }
        (folder / "main.cf").write_text(MAIN_CF.format(**values))
        (folder / "master.cf").write_text(MASTER_CF.format(port=port))
        _make_folders(folder, owner)
        process = subprocess.Popen(
            [MASTER, "-c", str(folder), "-s"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for_port(port, process, folder / "log")
            yield Postfix(port, folder)
        finally:
            stop_process(process)  # it ends its own children


def _make_folders(folder: Path, owner: pwd.struct_passwd) -> None:
    """Do what `postfix check` does, which takes seconds."""
    postfix = get_user("postfix")
    for name in ("spool", "spool/pid", "data", "mail", *(f"spool/{name}" for name in QUEUES)):
        (folder / name).mkdir(mode=0o755 if name == "spool" else 0o700)
    for name in ("data", *(f"spool/{name}" for name in QUEUES)):
        os.chown(folder / name, postfix.pw_uid, postfix.pw_gid)
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)


def _tls_lines(tls: CertificatePaths | None) -> str:
    if tls is None:
        return ""
    return f"smtpd_tls_security_level = may\nsmtpd_tls_cert_file = {tls.certificate}\nsmtpd_tls_key_file = {tls.key}\n"
