"""dkimpy as a second opinion: it has no wheel, so Debian's own Python runs it beside the tests."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gatepost.origin.dkim_signer import DkimSigner
from interop.peers import stop_process

PYTHON = "/usr/bin/python3"
DKIMPY = "/usr/lib/python3/dist-packages/dkim/__init__.py"
CHILD = Path(__file__).with_name("dkimpy_child.py")


@dataclass(frozen=True, slots=True)
class SigningOrder:
    """How dkimpy is to sign: the names of h=, the canonical forms of c=, and whether l= names the whole body."""

    signer: DkimSigner
    names: tuple[str, ...]
    form: str
    has_length: bool = False


@dataclass(frozen=True, slots=True)
class DkimOracle:
    """A running dkimpy, and the keys that it finds in the DNS: name -> record."""

    child: "subprocess.Popen[bytes]"
    dns: dict[str, str]

    def verify(self, mail: bytes) -> bool | str:
        """Say whether the first signature holds; a sentence where dkimpy refuses to look, or stumbles."""
        said: bool | str = self._ask("verify", mail)
        return said

    def verify_arc(self, mail: bytes) -> str:
        """Give none, pass, fail, or `ended` for a chain that a sealer found broken."""
        said: str = self._ask("verify_arc", mail)
        return said

    def sign(self, mail: bytes, order: SigningOrder) -> bytes:
        """Give the DKIM-Signature field."""
        how = {"names": order.names, "form": order.form, "length": order.has_length}
        said: str = self._ask("sign", mail, **how, **_name(order.signer))
        return said.encode("latin-1")

    def seal(self, mail: bytes, signer: DkimSigner, server: str) -> bytes:
        """Give the fields of a seal over the results that `server` wrote into the mail."""
        said: str = self._ask("seal", mail, server=server, **_name(signer))
        return said.encode("latin-1")

    def _ask(self, do: str, mail: bytes, **more: object) -> Any:
        question = {"do": do, "mail": mail.decode("latin-1"), "dns": self.dns, **more}
        stdin, stdout = self.child.stdin, self.child.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(question).encode() + b"\n")
        stdin.flush()
        line = stdout.readline()
        assert line, "dkimpy's process ended"
        return json.loads(line)


def _name(signer: DkimSigner) -> dict[str, str]:
    return {
        "selector": signer.selector,
        "domain": signer.domain,
        "algorithm": signer.algorithm,
        "key": _export(signer.key),
    }


def _export(key: RSAPrivateKey | Ed25519PrivateKey) -> str:
    if isinstance(key, RSAPrivateKey):
        return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    return base64.b64encode(key.private_bytes_raw()).decode()


def _require_dkimpy() -> None:
    """Skip the test, in CI fail it, where dkimpy is not installed."""
    if Path(DKIMPY).exists():
        return
    reason = "needs python3-dkim, which is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@contextmanager
def start_dkim_oracle(dns: dict[str, str]) -> Iterator[DkimOracle]:
    """Run dkimpy as long as the context is open."""
    _require_dkimpy()
    child = subprocess.Popen([PYTHON, "-I", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield DkimOracle(child, dns)
    finally:
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        stop_process(child)
