"""Reads the part of YAML that the suites of others are written in; pairs, not dictionaries, so that no key is lost.

Block mappings and sequences, one-line sequences in brackets, plain, quoted and folded texts, comments, documents.
Every scalar is a text. No anchors, tags, or mappings in braces.
"""

import re
from dataclasses import dataclass
from typing import Any

Pairs = list[tuple[str, Any]]

_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s'"#\[-][^#]*?|-[^\s].*?):(?:\s+(.*))?$""")
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)")
_ESCAPED = {"0": "\0", "n": "\n", "r": "\r", "t": "\t"}
_ITEM = re.compile(r"\s*(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^,]*)\s*(?:,|$)")


@dataclass
class Line:
    """One line without its comment."""

    indent: int
    text: str


def read_documents(text: str) -> list[Any]:
    """Give what each document holds."""
    documents = re.split(r"^---\s*$", text, flags=re.MULTILINE)
    return [document for document in map(read_document, documents) if document]


def read_document(text: str) -> Any:
    """Give what one document holds: a text, a list of values, or a list of pairs."""
    lines = [
        Line(len(line) - len(line.lstrip()), line.strip())
        for line in text.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    return _read_block(lines) if lines else None


def _read_block(lines: list[Line]) -> Any:
    first = lines[0]
    if first.text == "-" or first.text.startswith("- "):
        return _read_sequence(lines, first.indent)
    return _read_mapping(lines, first.indent) if _KEY.match(first.text) else read_scalar(_fold(lines))


def _take_deeper(lines: list[Line], indent: int) -> list[Line]:
    taken = []
    while lines and lines[0].indent > indent:
        taken.append(lines.pop(0))
    return taken


def _read_sequence(lines: list[Line], indent: int) -> list[Any]:
    values = []
    while lines and lines[0].indent == indent and lines[0].text.startswith("-"):
        head = lines.pop(0)
        rest = head.text[1:].lstrip()
        body = _take_deeper(lines, indent)
        inner = [Line(indent + len(head.text) - len(rest), rest)] if rest else []
        values.append(_read_block(inner + body))
    return values


def _read_mapping(lines: list[Line], indent: int) -> Pairs:
    pairs: Pairs = []
    while lines and lines[0].indent == indent:
        match = _KEY.match(lines[0].text)
        assert match, f"neither key nor value: {lines[0].text}"
        lines.pop(0)
        key, value = read_scalar(match[1]), match[2] or ""
        is_list_below = not value and lines and lines[0].indent == indent and lines[0].text.startswith("- ")
        body = _take_list(lines, indent) if is_list_below else _take_deeper(lines, indent)
        pairs.append((key, _read_value(value, body)))
    return pairs


def _take_list(lines: list[Line], indent: int) -> list[Line]:
    taken = []
    while lines and (lines[0].indent > indent or (lines[0].indent == indent and lines[0].text.startswith("- "))):
        taken.append(lines.pop(0))
    return taken


def _read_value(value: str, body: list[Line]) -> Any:
    if value[:1] in (">", "|"):
        return _fold(body)
    if value:
        return read_scalar(" ".join([value, _fold(body)]).strip())
    return _read_block(body) if body else ""


def _fold(lines: list[Line]) -> str:
    return " ".join(line.text for line in lines)


def read_scalar(text: str) -> Any:
    """Read a text, or a sequence in brackets."""
    if text.startswith("["):
        inner = text.strip()[1:-1].strip()
        return [read_scalar(item.strip()) for item in _ITEM.findall(inner)[:-1]] if inner else []
    if text.startswith('"'):
        return _ESCAPE.sub(_unescape, text[1:-1])
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if code.startswith("x") and len(code) > 1 else _ESCAPED.get(code, code)
