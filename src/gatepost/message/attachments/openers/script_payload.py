"""Opens what scripts carry behind their last line or as base64: archives that unpack themselves, programs they write.

makeself, and most installers that are shell scripts, put a packed tape archive behind the script; batch files hand
lines of base64 to `certutil`.
"""

import re

from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.transfer import decode_base64
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.SCRIPT})
MAX_PAYLOADS = 20
_BEHIND = re.compile(
    rb"\n(?=\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|\x04\x22\x4d\x18|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07"
    rb"|MZ.{58}[\x00-\x03]|\x7fELF)",
    re.DOTALL,
)
_AS_BASE64 = re.compile(  # whole lines of it: many, or such as begin as one of the same, or as ZIP
    rb"^[ \t]*+((?:H4sI|QlpoO|/Td6W|KLUv|BCJNG|N3q8r|UmFyI|UEsDB|TV[opqr][A-Za-z0-9+/]|f0VMR)[A-Za-z0-9+/=]{16,200}+"
    rb"(?:\r?\n[ \t]*+[A-Za-z0-9+/=]{1,200}+|(?!)){0,200000}+"  # (?!): see message/parameters.py
    rb"|[A-Za-z0-9+/]{60,200}+(?:\r?\n[ \t]*+[A-Za-z0-9+/=]{1,200}+|(?!)){5,200000}+)",
    re.MULTILINE,
)
_TAR_MARK, _TAR_MARK_AT = b"ustar", 257


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open what stands behind the script, and each block of base64 in it that begins as a packed file or a program."""
    unpacking = Unpacking(file, insides, desk)
    start = _find_start_behind(file.content)
    if start:
        unpacking.add_rest(file.content[start:])
    for number, block in enumerate(_AS_BASE64.finditer(file.content)):
        if number == MAX_PAYLOADS:
            insides.leave_unseen()
            return
        unpacking.add_rest(decode_base64(block[1]))


def _find_start_behind(content: bytes) -> int:
    """Give where a packed file or a tape archive begins behind a line, 0 where none does."""
    behind = _BEHIND.search(content)
    if behind is not None:
        return behind.end()
    tar_at = content.find(_TAR_MARK) - _TAR_MARK_AT
    return tar_at if tar_at > 0 and content.startswith(b"\n", tar_at - 1) else 0
