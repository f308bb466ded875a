"""Turns the ARC suite of others into mails and a DNS, straight from its files; their blocks keep line ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doubles import FakeResolver

AGAIN = ".again"  # behind the name of a case whose name stood before: YAML readers lose one of the two

_KEY = re.compile(r"( *)([A-Za-z0-9_.-]+):(?: +(.*?))? *$")
_DOCUMENT = re.compile(r"^---[ ]*$", re.MULTILINE)


@dataclass(frozen=True)
class ArcCase:
    """One case: the mail, the DNS, and all else that the suite tells of it by its own names."""

    name: str
    raw: bytes
    resolver: FakeResolver
    told: dict[str, str]


def read_cases(path: Path) -> Iterator[ArcCase]:
    """Give the cases of one file."""
    for document in _DOCUMENT.split(path.read_text("utf-8") if path.exists() else ""):
        lines = document.split("\n")
        tree = _read_mapping(lines, 0)
        records: dict[tuple[str, str], Sequence[Any]] = {
            (name, "TXT"): [text.encode()] for name, text in tree.get("txt-records", {}).items()
        }
        shared = {key: value for key, value in tree.items() if isinstance(value, str)}
        for name, told in tree.get("tests", {}).items():
            raw = told["message"].encode().replace(b"\n", b"\r\n")
            yield ArcCase(name, raw, FakeResolver(records), {**shared, **told})


def _read_mapping(lines: list[str], indent: int) -> dict[str, Any]:
    """Take the lines of one mapping; a name that stands twice in it gets a mark, so that no case is lost."""
    tree: dict[str, Any] = {}
    while lines:
        match = _KEY.match(lines[0])
        if match is None or len(match[1]) < indent:
            if lines[0].strip():
                break
            lines.pop(0)
            continue
        lines.pop(0)
        value = match[3] or ""
        tree[_free_name(tree, match[2])] = _read_value(value, lines, len(match[1]))
    return tree


def _free_name(tree: dict[str, Any], name: str) -> str:
    return name if name not in tree else _free_name(tree, f"{name}{AGAIN}")


def _read_value(value: str, lines: list[str], indent: int) -> Any:
    if value[:1] in ("|", ">"):
        return _read_block(lines, indent, value)
    return value or _read_mapping(lines, indent + 1)


def _read_block(lines: list[str], indent: int, style: str) -> str:
    taken = []
    while lines and (not lines[0].strip() or len(lines[0]) - len(lines[0].lstrip()) > indent):
        taken.append(lines.pop(0))
    depth = min((len(line) - len(line.lstrip()) for line in taken if line.strip()), default=0)
    if style.startswith(">"):
        return " ".join(line.strip() for line in taken).strip()
    return "\n".join(line[depth:] for line in taken).rstrip("\n") + "\n"
