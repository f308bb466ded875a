"""The note that stands in the place of a file that was taken out of a mail, in English and Simplified Chinese.

Trust: the file's name and what a finding quotes of it are a stranger's words under our name: no line of a note is
theirs alone, nothing in them moves the rest of the text, and no mail program makes a link of them.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from gatepost.flow.trace import format_date
from gatepost.model.cleaning import RemovedPart
from gatepost.model.file_kinds import ARCHIVES, IMAGES, PROGRAMS, FileKind

MAX_NAME_CHARS = 120
MAX_REASON_CHARS = 600

_IN_WORDS = (  # the first that holds a kind says it to people who know no kinds
    ({FileKind.SCRIPT}, "script", "脚本"),
    ({FileKind.SHORTCUT, FileKind.INTERNET_SHORTCUT}, "shortcut", "快捷方式"),
    (PROGRAMS, "program", "程序"),
    (ARCHIVES, "archive", "压缩包"),
    ({FileKind.OOXML, FileKind.OLE, FileKind.OFFICE_XML, FileKind.OPEN_DOCUMENT, FileKind.RTF, FileKind.ONENOTE},
     "Office document", "Office 文档"),
    ({FileKind.PDF}, "PDF document", "PDF 文档"),
    ({FileKind.HTML, FileKind.MHTML}, "web page", "网页"),
    (IMAGES | {FileKind.SVG}, "picture", "图片"),
    ({FileKind.VHD, FileKind.VHDX, FileKind.VMDK, FileKind.DMG, FileKind.DISK_IMAGE}, "disk image", "磁盘映像"),
    ({FileKind.MAIL, FileKind.OUTLOOK_MESSAGE}, "mail", "邮件"),
)  # fmt: skip
_DOT = re.compile(r"(?<=\w)\.(?=\w)")


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """Which mail a note is about, and whose gate has taken something out of it."""

    mail_id: str
    received_at: datetime
    gate: str


def write_note(part: RemovedPart, mail: NoteFacts) -> str:
    """Say what was there, why it is gone, and how to ask for it."""
    name = f'"{make_harmless(part.name)[:MAX_NAME_CHARS]}"' if part.name else "(no name / 无名称)"
    why, why_zh = (make_harmless(says)[:MAX_REASON_CHARS] for says in (part.says, part.says_zh))
    return "\r\n".join(
        (
            "A file was taken out of this mail before it was delivered.",
            "本邮件在投递前被移除了一个文件。",
            "",
            f"File / 文件: {name}",
            f"Kind / 类型: {_name_kind(part.kind)}",
            f"Size / 大小: {part.size_bytes} bytes / 字节",
            f"SHA-256: {part.sha256}",
            f"Why / 原因: {why}",
            why_zh,
            f"Found / 所见: {', '.join(part.findings)}",
            f"Gate / 网关: {mail.gate}",
            f"Received / 接收时间: {format_date(mail.received_at)}",
            f"Mail / 邮件编号: {mail.mail_id}",
            "",
            "The mail as it came is kept in quarantine for a time. If you need the file, ask those who run your mail,",
            "and tell them the name of the mail above; they can let it go:",
            "原始邮件会在隔离区保留一段时间。如需该文件，请联系邮件管理员并提供上述邮件编号；管理员可执行：",
            f"  gatepost quarantine release {mail.mail_id} --original",
            "",
            "Signatures (DKIM, S/MIME, OpenPGP) that cover the file do not verify any more, because it was taken out.",
            "由于文件已被移除，涵盖该文件的签名（DKIM、S/MIME、OpenPGP）将无法通过验证。",
            "",
        )
    )


def _name_kind(kind: str) -> str:
    words = next((f" ({says} / {says_zh})" for kinds, says, says_zh in _IN_WORDS if kind in kinds), "")
    return make_harmless(kind) + words


def make_harmless(text: str) -> str:
    r"""Keep what is printable on one line, and let no address in it be one.

    >>> make_harmless("see https://a.example/x, or\r\nbo@a.example")
    'see https[:]//a[.]example/x, or??bo[@]a[.]example'
    """
    printable = "".join(character if character.isprintable() else "?" for character in text)
    return _DOT.sub("[.]", printable.replace("://", "[:]//").replace("@", "[@]"))
