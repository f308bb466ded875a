"""The sentences that the code says to people, read from the code itself: gaps are written as {}."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from paths import SOURCE

ROOT_ERROR = "GatepostError"
# Told to peers, to logs, or in Authentication-Results, where English is the language; or with a Chinese twin.
NOT_TOLD = frozenset(
    {
        *("PeerProtocolError", "OurFault", "OurProtocolError", "Refused"),
        *("BadSignature", "BrokenChain", "SpfPermError", "BadRecord", "TryLater"),
    }
)
NOT_ON_A_ROAD_TO_PEOPLE = frozenset({"message/compose.py", "wire/smtp/parameters.py"})  # libraries, and peers
TELLERS = frozenset(  # functions and values besides errors that a person reads
    {
        *("translate", "tell_done", "make_table", "_make_table", "print_figures", "Mistake", "Weakness"),
        *("_build_step", "_build_event", "_put_off", "FailedForNow", "FailedForGood", "Delivered", "CannotCleanError"),
    }
)


@cache
def parse_source() -> tuple[tuple[Path, ast.Module], ...]:
    return tuple((path, ast.parse(path.read_text("utf-8"))) for path in sorted(SOURCE.rglob("*.py")))


def list_errors() -> frozenset[str]:
    """Give the names of all errors that are raised on purpose and told to a person."""
    bases = {
        node.name: {ast.unparse(base) for base in node.bases}
        for _, tree in parse_source()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {ROOT_ERROR}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return frozenset(found - NOT_TOLD)


def list_templates(tree: ast.AST) -> Iterator[str]:
    """Give every text that is written out somewhere in a piece of code, whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def list_said(names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Give place and sentence of what is handed to any of these: a constant, or a text with gaps."""
    for path, tree in parse_source():
        if str(path.relative_to(SOURCE)) in NOT_ON_A_ROAD_TO_PEOPLE:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names:
                for argument in node.args:
                    if isinstance(argument, ast.Constant | ast.JoinedStr):
                        yield from (
                            (f"{path.relative_to(SOURCE)}:{node.lineno}", text) for text in _take_whole(argument)
                        )


def _take_whole(argument: ast.expr) -> Iterator[str]:
    yield next(list_templates(argument), "")
