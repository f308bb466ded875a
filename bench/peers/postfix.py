"""Postfix as a peer: an instance of its own that takes mail durably and delivers it to nowhere, or to a Maildir.

Nothing of the machine's own Postfix is read or changed. It syncs its queue files as it always does; what slows it
without need here is off (name look-ups, the pause for a busy queue, TLS).
"""

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.process import pick_port, run_server, wait_for_greeting
from bench.row import Unmeasurable
from bench.served import Served

DISCARD, MAILDIR = "discard", "virtual"  # names of Postfix's delivery agents
NAMES = {DISCARD: "Postfix", MAILDIR: "Postfix, to a Maildir"}

_DAEMONS = Path("/usr/lib/postfix/sbin")

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = mx.bench.test
mydestination =
virtual_mailbox_domains = bench.test
virtual_transport = {transport}:
virtual_mailbox_base = {folder}/data
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{uid}
virtual_minimum_uid = 1
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
default_transport = discard:
local_recipient_maps =
alias_maps =
alias_database =
smtpd_tls_security_level = none
smtpd_peername_lookup = no
disable_dns_lookups = yes
in_flow_delay = 0
message_size_limit = 50000000
smtpd_milters = {milters}
milter_default_action = tempfail
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@contextlib.contextmanager
def run_postfix(folder: Path, *, milter_port: int | None = None, transport: str = DISCARD) -> Iterator[Served]:
    """Run Postfix in `folder`, with a milter where one is named."""
    if os.geteuid() != 0 or not _DAEMONS.is_dir():
        raise Unmeasurable("Postfix is missing or we are not root: apt-get install postfix, and run as root")
    port = pick_port()
    milters = f"inet:127.0.0.1:{milter_port}" if milter_port else ""
    settings = _write_settings(folder, port, {"milters": milters, "transport": transport})
    log = folder / "maillog"
    try:
        with run_server(["postfix", "-c", str(settings), "start-fg"], log=folder / "out") as server:
            wait_for_greeting(server, port, log)
            yield Served(NAMES[transport], port, (server.pid,))
    finally:
        subprocess.run(["postfix", "-c", str(settings), "stop"], check=False, capture_output=True, timeout=30)


def _write_settings(folder: Path, port: int, variables: Mapping[str, str]) -> Path:
    settings = folder / "etc"
    for name in (settings, folder / "queue", folder / "data"):
        name.mkdir(parents=True, mode=0o755)
    shutil.chown(folder / "data", "postfix")
    uid = pwd.getpwnam("postfix").pw_uid
    (settings / "main.cf").write_text(_MAIN.format(folder=folder, daemons=_DAEMONS, uid=uid, **variables))
    (settings / "master.cf").write_text(_MASTER.format(port=port))
    return settings
