"""Commands that a document sends to another program while it is opened (dynamic data exchange), and formulas like them.

Trust: the text is a stranger's. Some honest sheets ask quote feeds this way, and old ones ask each other.
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.relations import note_relationship
from gatepost.message.attachments.office.targets import is_program, note_clicked, note_loaded

# Programs that answer such calls with data; whatever else is named would be started with the text as its arguments.
_HONEST_SERVICES = frozenset(
    {
        "excel", "winword", "word", "soffice", "lotus", "123w", "msaccess", "access", "powerpnt", "mspub", "bloomberg",
        "blp", "reuter", "reuters", "winros", "rslinx", "mt4", "mt5", "tos", "esignal", "iqlink", "wincc", "opc", "plc",
        "sas", "matlab",
    }
)  # fmt: skip
_PROGRAM_WORDS = re.compile(
    r"\b(?:cmd|powershell|pwsh|mshta|rundll32|regsvr32|wscript|cscript|certutil|bitsadmin|msiexec|msexcel|calc|wmic)\b"
    r"|\.(?:exe|bat|cmd|hta|vbs|js|ps1|dll|scr|sct)\b|https?:|\\\\\\?\\?\w",
    re.IGNORECASE,
)
_CALL = re.compile(r"(?<![\w.\\:/-])([\w.\\:/-]{1,200})\|[ \t]*(?:'([^'\n]{0,2000})'|([^!'\n]{0,200}))![^\s!]")
_CELL = r"""(?:^|[,;\t"'(>])[ \t"']{0,5}[=+\-@＝＋－＠]"""
_FORMULA_BEFORE = re.compile(rf"""{_CELL}[^,;\t\n"]{{0,200}}$""")
_FORMULA_SOMEWHERE = re.compile(_CELL)  # enough for a call in quotes: other arguments may stand in front of it
_DDE_FUNCTION = re.compile(  # of LibreOffice
    r"""\bDDE\s{0,5}\(\s{0,5}"{1,2}([^"\n]{1,200})"{1,2}\s{0,5}[;,]\s{0,5}"{1,2}([^"\n]{0,2000})"{1,2}\s{0,5}[;,)]""",
    re.IGNORECASE,
)
_FUNCTION = re.compile(
    r"""\b(HYPERLINK|WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTHTML|IMPORTFEED|IMPORTRANGE|IMAGE|RTD)\s{0,5}\(\s{0,5}"""
    r"""(?:CONCAT(?:ENATE)?\s{0,5}\(\s{0,5})?"{1,2}"""
    r"""([^"\n]{1,2000})""",
    re.IGNORECASE,
)
MAX_CALLS = 20_000
_CHARS_BEFORE = 250


def note_dde(call: str, insides: Insides) -> None:
    """Note one call: the service, its topic, and more."""
    words = call.strip().strip('"').replace("\\\\", "\\")
    service = re.split(r"[\s|\"]", words, maxsplit=1)[0].casefold()
    is_command = is_program(words) or bool(_PROGRAM_WORDS.search(words))
    if is_command or service not in _HONEST_SERVICES:
        insides.note("office.dde_command" if is_command else "office.dde", words)
    else:
        insides.note("office.dde_honest", words)


def find_calls(text: str) -> Iterator[str]:
    """Give the calls `service|topic!item` in formulas of a text, one formula or a whole table of cells.

    >>> list(find_calls("=cmd|'/c calc'!A0"))
    ['cmd /c calc']
    """
    for match in islice(_CALL.finditer(text), MAX_CALLS):
        service = match[1].lstrip("-")
        start = match.end(1) - len(service)
        before = text[max(0, start - _CHARS_BEFORE) : start].rpartition("\n")[2]
        if (_FORMULA_BEFORE if match[2] is None else _FORMULA_SOMEWHERE).search(before):
            yield f"{service} {match[2] or match[3] or ''}"


def note_formulas(text: str, insides: Insides) -> None:
    """Note what formulas call, and where they lead."""
    for call in find_calls(text):
        note_dde(call, insides)
    for match in islice(_DDE_FUNCTION.finditer(text), MAX_CALLS):
        note_dde(f"{match[1]} {match[2]}", insides)
    for match in islice(_FUNCTION.finditer(text), MAX_CALLS):
        if match[1].upper() == "HYPERLINK":
            note_clicked(match[2], insides)
        elif match[1].upper() == "IMAGE":
            note_relationship("image", match[2], insides)
        else:
            note_loaded(f"formula {match[1].upper()}", match[2], insides)
