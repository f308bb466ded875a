"""Excel 4 macros: cells whose formulas start programs, load libraries, and write further formulas.

Standards: MS-XLS 2.5.198.17 (Ftab), 2.5.198.3 (Cetab) for the numbers of functions.
Trust: the formulas are a stranger's.
"""

import re
from collections.abc import Iterable

from gatepost.message.attachments.desk import Insides

STARTS = ("auto_open", "auto_close", "auto_activate", "auto_deactivate")  # Excel takes any name that begins so
BUILT_IN_STARTS = {1: "Auto_Open", 2: "Auto_Close", 10: "Auto_Activate", 11: "Auto_Deactivate"}
COMMANDS = {  # by number: what reaches beyond the sheet, or writes what is run next
    110: "EXEC", 149: "REGISTER", 150: "CALL", 175: "INITIATE", 177: "POKE", 178: "EXECUTE", 132: "FOPEN",
    137: "FWRITELN", 138: "FWRITE", 0x8001: "OPEN", 0x8006: "FILE.DELETE", 0x8060: "FORMULA",
    0x8061: "FORMULA.FILL", 0x8083: "SEND.KEYS", 0x8094: "ON.TIME", 0x8148: "VBA.INSERT.FILE", 267: "REGISTER.ID",
}  # fmt: skip
PLAIN = {
    17: "HALT", 53: "GOTO", 54: "HALT", 88: "SET.NAME", 108: "SET.VALUE", 111: "CHAR", 186: "GET.WORKSPACE",
    0x8011: "RUN", 0x8076: "ALERT", 257: "EVALUATE",
}  # fmt: skip
_COMMAND = re.compile(
    r"(?<![\w.])(EXEC|REGISTER(?:\.ID)?|CALL|INITIATE|POKE|EXECUTE|FOPEN|FWRITE(?:LN)?|FILE\.DELETE|FORMULA(?:\.FILL|"
    r"\.ARRAY)?|SEND\.KEYS|ON\.TIME|VBA\.INSERT\.FILE|URLDownloadToFileA?)[ \t]{0,3}\(",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s\"'<>\x00-\x1f]{4,2000}", re.IGNORECASE)


def note_macro_text(text: str, insides: Insides) -> None:
    """Note what formulas of a macro sheet do, from their text."""
    for match in _COMMAND.finditer(text):
        insides.note("office.xlm_command", match[1].upper())
    for match in _URL.finditer(text):
        insides.link(match[0])


def note_functions(numbers: Iterable[int], insides: Insides) -> None:
    """Note what formulas of a macro sheet do, from the numbers of their functions."""
    for number in numbers:
        if number in COMMANDS:
            insides.note("office.xlm_command", COMMANDS[number])


def note_name(name: str, is_hidden: bool, insides: Insides) -> None:
    """Note a defined name that runs a macro by itself."""
    folded = name.casefold().removeprefix("_xlnm.")
    if folded.startswith(STARTS):
        insides.note("office.xlm_autorun", f"{name} (hidden)" if is_hidden else name)


def note_sheet(name: str, state: str, insides: Insides) -> None:
    """Note a macro sheet; `state` is "" for one that is shown."""
    insides.note("office.xlm", name)
    if state:
        insides.note("office.xlm_hidden", f"{name}: {state}")
