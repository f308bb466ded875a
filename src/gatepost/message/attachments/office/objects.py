"""Which program an embedded object belongs to: by its class, or by the name of its class.

Standards: MS-OLEDS 2.1, class identifiers as the registry of Windows has them.
Trust: what a document says of its objects is a stranger's word.
"""

import re
from collections.abc import Mapping

from gatepost.message.attachments.desk import Insides

# Objects whose only use in documents of strangers is harm: their programs were made to run code by opening alone.
_HARMFUL: Mapping[str, str] = {
    "0002CE02-0000-0000-C000-000000000046": "Equation 3.0",
    "00021700-0000-0000-C000-000000000046": "Equation 2.0",
    "06290BD2-48AA-11D2-8432-006008C3FBFC": "scriptlet moniker",
    "06290BD3-48AA-11D2-8432-006008C3FBFC": "scriptlet file",
    "ECABB0C7-7F19-11D2-978E-0000F8757E2A": "SOAP moniker",
    "ECABAFC6-7F19-11D2-978E-0000F8757E2A": "new moniker",
    "3050F4D8-98B5-11CF-BB82-00AA00BDCE0B": "HTML application",
    "25336920-03F9-11CF-8FD0-00AA00686F13": "HTML document",
    "D27CDB6E-AE6D-11CF-96B8-444553540000": "Flash",
    "F414C260-6AC0-11CF-B6D1-00AA00BBBB58": "JScript",
    "B54F3741-5B07-11CF-A4B0-00AA004A55E8": "VBScript",
    "72C24DD5-D70A-438B-8A42-98424B88AFB8": "script host shell",
    "EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B": "web browser",
    "8856F961-340A-11D0-A96B-00C04FD705A2": "web browser",
    "A08A033D-1A75-4AB6-A166-EAD02F547959": "OTKLOADR",
    "79EAC9E0-BAF9-11CE-8C82-00AA004BA90B": "URL moniker",
    "79EAC9E2-BAF9-11CE-8C82-00AA004BA90B": "HLINK moniker",
}
_LINK = "00000300-0000-0000-C000-000000000046"
_EQUATIONS = ("equation.2", "equation.3", "equation ")  # not MathType's own: Equation.DSMT4
_HARMFUL_NAMES = (
    "htmlfile", "htafile", "scriptfile", "scriptletfile", "shockwaveflash", "shell.explorer", "mscomctl", "otkloadr",
    "script", "jsfile", "vbsfile",
)  # fmt: skip
_EQUATION_HEAD = b"\x1c\x00\x00\x00\x02\x00"
_EQUATION_HEAD_BYTES = 28
_LONG_FONT_NAME = re.compile(rb"\x08[\x00-\xff]{2}[^\x00]{33}")  # honest names are shorter, and letters hold zeros
_MAX_EQUATION_BYTES = 64 * 1024


def note_class(clsid: str, insides: Insides) -> None:
    """Note an object by its class, in any way of writing it."""
    folded = clsid.upper().strip().removeprefix("CLSID:").strip("{}")
    if folded == _LINK:
        insides.note("office.linked_object", folded)
    elif found := _HARMFUL.get(folded):
        is_equation = found.startswith("Equation")
        insides.note("office.equation" if is_equation else "office.harmful_object", found)


def note_program_id(name: str, insides: Insides) -> None:
    """Note an object by the name of its class, as ProgID, objclass or OLE 1.0 class; ordinary ones are not told."""
    folded = name.strip("\x00 ").casefold()
    if folded.startswith(_EQUATIONS):
        insides.note("office.equation", name)
    elif folded.startswith(_HARMFUL_NAMES):
        insides.note("office.harmful_object", name)
    elif folded.startswith("ole2link"):
        insides.note("office.linked_object", name)


def is_honest_equation(native: bytes) -> bool:
    """Say whether the data of an equation is as the editor wrote it: its head, and no font with a name without end."""
    body = native[_EQUATION_HEAD_BYTES:_MAX_EQUATION_BYTES]
    return native.startswith(_EQUATION_HEAD) and not _LONG_FONT_NAME.search(body)
