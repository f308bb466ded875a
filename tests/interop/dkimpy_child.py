"""Answers questions with dkimpy: a JSON line on standard input, a JSON line back. Runs in Debian's own Python.

Bytes travel as text of latin-1. dkimpy imports a package for reading Authentication-Results that Debian does not
install with it; of that the little that sealing uses is given here.
"""

import importlib
import json
import re
import sys
import types
from typing import Any


class _Results:
    """One Authentication-Results header, read as far as dkimpy's sealing looks at it."""

    def __init__(self, text: str) -> None:
        self.authserv_id = text.partition(":")[2].partition(";")[0].strip()
        self.results = [
            types.SimpleNamespace(method=method, result=result)
            for method, result in re.findall(r";\s*(\w+)=(\w+)", text)
        ]


def _provide_authres() -> None:
    module: Any = types.ModuleType("authres")
    module.AuthenticationResultsHeader = types.SimpleNamespace(parse=_Results)
    module.core = types.SimpleNamespace(SyntaxError=ValueError)
    sys.modules["authres"] = module


def answer(dkim: Any, question: dict[str, Any]) -> object:
    """Give what dkimpy says; a fault that it tells of is its sentence."""
    mail = question["mail"].encode("latin-1")

    def look_up(name: bytes, timeout: float = 5) -> bytes | None:  # noqa: ARG001 - dkimpy's own signature
        found = question["dns"].get(name.decode("latin-1").rstrip(".").lower())
        return found.encode("latin-1") if found is not None else None

    try:
        match question["do"]:
            case "verify":
                return bool(dkim.DKIM(mail).verify(dnsfunc=look_up))
            case "verify_arc":
                return (dkim.arc_verify(mail, dnsfunc=look_up)[0] or b"ended").decode()
            case "seal":
                return b"".join(_seal(dkim, mail, question)).decode("latin-1")
            case _:
                return _sign(dkim, mail, question).decode("latin-1")
    except Exception as error:  # noqa: BLE001 - hostile mails make it stumble; that is an answer, too
        return f"{type(error).__name__}: {error}"


def _sign(dkim: Any, mail: bytes, question: dict[str, Any]) -> bytes:
    signed: bytes = dkim.sign(
        mail,
        question["selector"].encode(),
        question["domain"].encode(),
        question["key"].encode(),
        canonicalize=tuple(form.encode() for form in question["form"].split("/")),
        signature_algorithm=question["algorithm"].encode(),
        include_headers=[name.encode() for name in question["names"]],
        length=question["length"],
    )
    return signed


def _seal(dkim: Any, mail: bytes, question: dict[str, Any]) -> list[bytes]:
    selector, domain, key = (question[name].encode() for name in ("selector", "domain", "key"))
    sealed: list[bytes] = dkim.arc_sign(mail, selector, domain, key, question["server"].encode())
    return sealed


def main() -> None:
    """Answer until the input ends."""
    _provide_authres()
    dkim = importlib.import_module("dkim")  # only now is there what it imports
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(dkim, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
