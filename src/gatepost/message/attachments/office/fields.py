r"""Fields of word processors: the instructions in a document's text, joined from however many pieces they are in.

Standards: ECMA-376-1 §17.16 (fields), MS-DOC 2.8.25 (the letters 0x13, 0x14 and 0x15 around an instruction).
Trust: the text is a stranger's, and may nest fields without end.
Fails: never; what is nested past MAX_DEPTH is read as text.
"""

import re
from collections.abc import Iterator

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.dde import note_dde
from gatepost.message.attachments.office.relations import note_relationship
from gatepost.message.attachments.office.targets import note_clicked, note_loaded

BEGIN, SEPARATE, END = "\x13", "\x14", "\x15"
MAX_DEPTH = 100
MAX_FIELDS = 20_000
MAX_INSTRUCTION_CHARS = 8_192
_PIECES = re.compile("[\x13\x14\x15]|[^\x13\x14\x15]+")
_QUOTE = re.compile(r"\s*QUOTE((?:\s+(?:0x[0-9a-f]{1,4}|\d{1,5}))+)\s*", re.IGNORECASE)
_SET = re.compile(r'\s*SET\s+(\w+)\s+"?([^"]*)"?\s*', re.IGNORECASE)
_REF = re.compile(r"\s*(?:REF\s+)?(\w+)\s*(?:\\\w\s*)*", re.IGNORECASE)
_WORDS = re.compile(r'"([^"]*)"|(\S+)')
_LOADED = frozenset({"INCLUDETEXT", "INCLUDE", "IMPORT", "LINK", "RD", "DATABASE"})


def read_fields(text: str) -> Iterator[str]:
    r"""Give the instruction of every field, with the results of the fields in it put in their places.

    >>> list(read_fields('\x13 \x13 QUOTE 68 68 69 \x15 c:\\\\cmd.exe \x14 result \x15'))
    [' QUOTE 68 68 69 ', ' DDE c:\\\\cmd.exe ']
    """
    kept: dict[str, str] = {}
    stack: list[list[str]] = []
    is_result: list[bool] = []
    count = 0
    for match in _PIECES.finditer(text):
        piece = match[0]
        if piece == BEGIN and len(stack) < MAX_DEPTH:
            stack.append([])
            is_result.append(False)
        elif piece == SEPARATE and stack:
            is_result[-1] = True
        elif piece == END and stack:
            instruction = "".join(stack.pop())[:MAX_INSTRUCTION_CHARS]
            is_result.pop()
            yield instruction
            count += 1
            if count >= MAX_FIELDS:
                return
            value = _evaluate(instruction, kept)
            if stack and not is_result[-1]:
                stack[-1].append(value)
        elif stack and not is_result[-1]:
            stack[-1].append(piece[:MAX_INSTRUCTION_CHARS])
    yield from ("".join(pieces)[:MAX_INSTRUCTION_CHARS] for pieces in stack)


def _evaluate(instruction: str, kept: dict[str, str]) -> str:
    if match := _QUOTE.fullmatch(instruction):
        return "".join(chr(int(number, 0) & 0xFFFF) for number in match[1].split())
    if match := _SET.fullmatch(instruction):
        kept[match[1].upper()] = match[2]
        return ""
    match = _REF.fullmatch(instruction)
    return kept.get(match[1].upper(), "") if match else ""


def note_fields(text: str, insides: Insides) -> None:
    """Note what the fields of a text do by themselves."""
    for instruction in read_fields(text):
        name, _, rest = instruction.strip().partition(" ")
        name = name.strip('"').upper()
        if name in ("DDE", "DDEAUTO"):
            note_dde(rest, insides)
        elif name == "INCLUDEPICTURE":
            note_relationship("image", _first_word(rest).replace("\\\\", "\\"), insides)
        elif name in _LOADED:
            for word in _WORDS.finditer(rest):
                note_loaded(f"field {name}", (word[1] or word[2] or "").replace("\\\\", "\\"), insides)
        elif name == "HYPERLINK":
            note_clicked(_first_word(rest), insides)


def _first_word(text: str) -> str:
    match = _WORDS.search(text)
    return (match[1] or match[2] or "") if match else ""
