"""Brings docs/map.md and the places in docs/rfc.tsv up to date with the code. Run by `make papers`."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "gatepost"
MAP = ROOT / "docs" / "map.md"
RFC_TABLE = ROOT / "docs" / "rfc.tsv"

ORDER = (  # the sentence that the folders spell, from the top of the house to its ground
    *("cli", "daemon", "scanner", "config", "gates", "flow", "screen", "decide", "store", "deliver", "net"),
    *("feeds", "origin", "message", "wire", "model"),
)
OPENING = """\
# Map

`ls src/gatepost` from the top of the house to its ground: a line imports only what stands below it. Each text is the
first line of the file itself; `make papers` writes this page anew.
"""
_RFC = re.compile(r"\bRFC (\d{3,5})\b")


def build_map() -> str:
    """Give the map as Markdown: a heading for each folder, a line for each file."""
    lines = [OPENING]
    for folder in _folders():
        title = folder.relative_to(SOURCE) if folder != SOURCE else "gatepost"
        lines += [f"## {title}", f"{_first_line(folder / '__init__.py')}", ""]
        files = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
        lines += [*(f"- `{path.name}`: {_first_line(path)}" for path in files), *([""] if files else [])]
    return "\n".join(lines).rstrip() + "\n"


def _folders() -> list[Path]:
    folders = [path.parent for path in SOURCE.rglob("__init__.py")]
    return sorted(folders, key=lambda folder: [_rank(name) for name in folder.relative_to(SOURCE).parts])


def _rank(name: str) -> tuple[int, str]:
    return ORDER.index(name) if name in ORDER else len(ORDER), name


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def build_rfc_table(table: str) -> tuple[str, list[str]]:
    """Give the table with its places as the code has them, and the numbers that it does not know."""
    cited = dict(_cited())
    head, *rows = (line.split("\t") for line in table.splitlines())
    fresh = [[number, status, " ".join(cited.get(number, ["-"])), title] for number, status, _, title in rows]
    fresh.sort(key=lambda row: int(row[0]))
    unknown = sorted(cited.keys() - {row[0] for row in rows}, key=int)
    return "".join("\t".join(row) + "\n" for row in [head, *fresh]), unknown


def _cited() -> Iterator[tuple[str, list[str]]]:
    places: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for number in set(_RFC.findall(path.read_text("utf-8"))):
            places.setdefault(number, []).append(str(path.relative_to(SOURCE)))
    yield from places.items()


def main() -> int:
    """Write both papers; say what only a person can add."""
    MAP.write_text(build_map(), "utf-8")
    table, unknown = build_rfc_table(RFC_TABLE.read_text("utf-8"))
    RFC_TABLE.write_text(table, "utf-8")
    for number in unknown:
        print(f"RFC {number} is cited, but docs/rfc.tsv has no line for it: add number, status, -, title")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
