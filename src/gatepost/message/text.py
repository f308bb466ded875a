"""Plain text as a reader sees it.

Standards: RFC 3676 §4 (format=flowed: lines that end in a space go on, DelSp drops that space).
Trust: the text comes from the mail's author.
Fails: never.
"""

import re
from collections.abc import Mapping

_QUOTES = re.compile(r">*+")
_SIGNATURE = "-- "


def read_plain_text(text: str, parameters: Mapping[str, str]) -> str:
    """Give the text with line feeds only; flowed paragraphs are joined, for a URL may be cut in two there."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")  # an expression would keep each line by itself
    if parameters.get("format", "").lower() != "flowed":
        return text
    return _unflow(text, keep=-1 if parameters.get("delsp", "").lower() == "yes" else None)


def _unflow(text: str, keep: int | None) -> str:
    """Join flowed lines of one quote depth; `keep` is where a flowed line is cut."""
    lines: list[str] = []
    depth_before, is_open = 0, False
    paragraph: list[str] = []
    for line in text.split("\n"):
        depth = len(_QUOTES.match(line)[0])  # type: ignore[index]  # matches always, if only the empty string
        content = line[depth:].removeprefix(" ")
        if not is_open or depth != depth_before or content == _SIGNATURE:
            lines.append("".join(paragraph))
            paragraph = [">" * depth, " " if depth else ""]
        is_open = content.endswith(" ") and content != _SIGNATURE
        paragraph.append(content[:keep] if is_open else content)
        depth_before = depth
    lines.append("".join(paragraph))
    return "\n".join(lines[1:])
