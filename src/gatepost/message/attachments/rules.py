"""YARA rules at work: which of them a file matches.

The rules come compiled (screen/rule_book.py); yara-x is written in Rust and reads nothing but the bytes it is given.
Trust: the content is a stranger's, the rules are ours or the operator's.
Fails: RulesTooSlowError where a rule takes too long, RulesBrokeError where yara-x gives up on a content, ValueError for
bytes that are no compiled rules.
"""

import io
from dataclasses import dataclass

import yara_x

MAX_SCANNED_BYTES = 16 * 1024 * 1024  # of one content; rules look for what stands near a beginning
MAX_MATCHES = 20
_PANIC = "PanicException"  # of pyo3, which tells nobody where to import it from
GLOBALS = ("kind", "filename", "extension", "filepath")  # texts that a rule may ask for besides the content


class RulesTooSlowError(Exception):
    """The time for one content is over."""


class RulesBrokeError(Exception):
    """yara-x found itself in a state that it does not know; its own error is none that an `except Exception` sees."""


@dataclass(frozen=True, slots=True)
class RuleName:
    """A rule, by the file that it stands in (without suffix) and its own name."""

    file: str
    rule: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What is looked at: a file, or a text of the mail (then `name` is "")."""

    content: bytes
    kind: str
    name: str = ""


class RuleSet:
    """Compiled rules; may be used from many threads at once."""

    def __init__(self, rules: yara_x.Rules | None = None) -> None:
        self._rules = rules

    @classmethod
    def load(cls, compiled: bytes) -> "RuleSet":
        """Take what `pack` gave, in another process."""
        try:
            return cls(yara_x.Rules.deserialize_from(io.BytesIO(compiled)))
        except OSError as error:
            raise ValueError(str(error)) from error

    def pack(self) -> bytes:
        """Give the compiled rules as bytes, b"" for none; only what we packed ourselves may be loaded."""
        if self._rules is None:
            return b""
        packed = io.BytesIO()
        self._rules.serialize_into(packed)
        return packed.getvalue()

    def __bool__(self) -> bool:
        return self._rules is not None

    def find(self, scanned: Scanned, timeout_s: int = 0) -> tuple[RuleName, ...]:
        """Give the rules that match; with 0 seconds the time is the caller's concern.

        yara-x keeps the time with a thread of its own, which a child of the sandbox may not start.
        """
        if self._rules is None:
            return ()
        scanner = yara_x.Scanner(self._rules)  # not kept: it may not even be freed in another thread
        scanner.fast_scan(yes=True)
        if timeout_s:
            scanner.set_timeout(timeout_s)
        for name, value in zip(GLOBALS, _describe(scanned), strict=True):
            scanner.set_global(name, value)
        try:
            found = scanner.scan(scanned.content[:MAX_SCANNED_BYTES]).matching_rules
        except yara_x.TimeoutError as error:
            raise RulesTooSlowError from error
        except BaseException as error:
            if type(error).__name__ == _PANIC:
                raise RulesBrokeError from None
            raise
        return tuple(RuleName(rule.namespace, rule.identifier) for rule in found[:MAX_MATCHES])


def _describe(scanned: Scanned) -> tuple[str, str, str, str]:
    name = scanned.name.encode("utf-8", "replace").decode()
    _, dot, extension = name.rpartition(".")
    return str(scanned.kind), name, f".{extension.lower()}" if dot else "", ""


NO_RULES = RuleSet()
