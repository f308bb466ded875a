"""A real Dovecot in a folder of its own, taking mail by LMTP over TCP and a Unix socket.

`known@example.org` and `full@example.org` (whose quota is spent) exist, each with a Maildir below `mail`.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gatepost.net.local_ca import CertificatePaths
from interop.peers import find_free_port, get_user, open_folder, require_programs, stop_process, wait_for_port

DOMAIN = "example.org"

CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = lmtp
listen = 127.0.0.1
hostname = store.example.org
default_internal_user = dovecot
default_login_user = dovenull
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
mail_plugins = quota
auth_username_format = %Lu
recipient_delimiter =
{ssl}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
plugin {{
  quota = maildir:User quota
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
  unix_listener {folder}/lmtp {{
    mode = 0600
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running Dovecot."""

    port: int
    folder: Path

    @property
    def unix_path(self) -> Path:
        """Give the Unix socket that takes LMTP too."""
        return self.folder / "lmtp"

    def mailbox(self, local_part: str) -> Path:
        """Give the Maildir of a recipient."""
        return self.folder / "mail" / local_part


@contextmanager
def start_dovecot(tls: CertificatePaths | None = None) -> Iterator[Dovecot]:
    """Run Dovecot until the block ends; with `tls` its LMTP offers STARTTLS."""
    require_programs("dovecot", "doveadm")
    owner = get_user("nobody")
    with open_folder("dovecot") as folder:
        port = find_free_port()
        config = folder / "dovecot.conf"
        config.write_text(CONFIG.format(folder=folder, port=port, ssl=_ssl_lines(tls)))
        mailbox = f"::{owner.pw_uid}:{owner.pw_gid}::::"
        (folder / "users").write_text(f"known@{DOMAIN}{mailbox}\nfull@{DOMAIN}{mailbox}userdb_quota_rule=*:bytes=10\n")
        (folder / "mail").mkdir()
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for_port(port, process, folder / "log")
            yield Dovecot(port, folder)
        finally:
            stop_process(process)


def _ssl_lines(tls: CertificatePaths | None) -> str:
    return "ssl = no" if tls is None else f"ssl = yes\nssl_cert = <{tls.certificate}\nssl_key = <{tls.key}"
