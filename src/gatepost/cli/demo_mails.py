"""The mails that `gatepost demo` sends: where each comes from, what it shows, and how it must end.

What a virus scanner would remove from a checkout is not stored anywhere: it is put together here when it is sent.
"""

import base64
import enum
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import gatepost
from gatepost.model.errors import BadInput

DOMAIN = "mill-street.example"
OVERSIZE_BYTES = 10**10

_BASE64_LINE = 76
_EICAR_HALVES = (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD", rb"-ANTIVIRUS-TEST-FILE!$H+H*")


class Ending(enum.StrEnum):
    """What becomes of a mail."""

    DELIVERED = "delivered"
    FLAGGED = "flagged"  # delivered, with a header that warns
    QUARANTINED = "quarantined"
    REFUSED = "refused"
    LOST = "lost"  # nobody knows: must not happen


@dataclass(frozen=True, slots=True)
class Example:
    """One mail of the demo. `build` gives it with CRLF line ends, as it goes over the wire after DATA."""

    name: str
    about: str
    about_zh: str
    ends: tuple[Ending, ...]
    build: Callable[[], bytes]
    mail_from: str
    domain: str = DOMAIN
    announced_bytes: int = 0  # 0: what it has
    is_raw: bool = False  # goes over the wire as it is, its dots not doubled


def load_examples() -> tuple[Example, ...]:
    """Give all examples, the stored ones first; raise BadInput where the stored ones are missing."""
    return (*_stored_examples(find_mail_folder()), *_built_examples())


def find_mail_folder() -> Path:
    """Find examples/mails: beside the code in an installed package, above it in a checkout."""
    package = Path(gatepost.__file__).parent
    for folder in (package / "examples" / "mails", package.parent.parent / "examples" / "mails"):
        if folder.is_dir():
            return folder
    raise BadInput(f"the example mails are not where they were installed: {package / 'examples' / 'mails'}")


_DELIVERED = (Ending.DELIVERED,)
_HELD = (Ending.QUARANTINED, Ending.REFUSED)
_REFUSED = (Ending.REFUSED,)

_STORED = (
    ("colleague-en", "A colleague's notes", "同事的会议记录", _DELIVERED),
    ("colleague-zh", "A colleague's question, in GB18030", "同事的来信（GB18030 编码）", _DELIVERED),
    ("newsletter-en", "A newsletter in English", "英文通讯", _DELIVERED),
    ("newsletter-zh", "A newsletter in Chinese", "中文通讯", _DELIVERED),
    ("receipt-en", "A shop's dispatch note", "网店发货通知", _DELIVERED),
    ("phishing-en", "Phishing: a link that opens another site", "英文钓鱼：链接与显示不符", _HELD),
    ("phishing-zh", "Phishing in Chinese: a frozen account", "中文钓鱼：账户冻结", _HELD),
    ("credential-form-en", "A form that asks for the mail password", "索要邮箱密码的表单", _HELD),
    ("attached-page-en", "An attached page that asks for the password", "索要密码的附件网页", _HELD),
    ("impersonation-zh", "A stranger under the director's name", "冒充领导的陌生人", _HELD),
)


def _stored_examples(folder: Path) -> Iterator[Example]:
    for name, about, about_zh, ends in _STORED:
        yield Example(
            name, about, about_zh, ends, partial(_read_mail, folder / f"{name}.eml"), f"{name}@sender.example"
        )


def _read_mail(path: Path) -> bytes:
    return path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _built_examples() -> Iterator[Example]:
    one = partial(Example, mail_from="someone@sender.example")
    yield one("eicar", "The antivirus test file", "反病毒测试文件", _REFUSED, _build_eicar)
    yield one("eicar-zip", "The same file, zipped", "压缩包中的测试文件", _REFUSED, _build_zipped_eicar)
    yield one("eicar-nested", "The same, five archives deep", "五层压缩包中的测试文件", _REFUSED, _build_nested_eicar)
    yield one("two-readings", "A file that few programs see", "仅部分邮件程序可见的文件", _REFUSED, _build_two_readings)
    yield one("double-extension", "A program named like an invoice", "伪装成发票的程序", _HELD, _build_program)
    yield one(
        "smuggling",
        "A second mail smuggled behind a bare line feed",
        "用裸换行夹带第二封邮件",
        _REFUSED,
        _build_smuggling,
        is_raw=True,
    )
    yield one(
        "oversize", "A mail of 10 GB", "10 GB 的邮件", _REFUSED, _build_short_mail, announced_bytes=OVERSIZE_BYTES
    )
    yield one(
        "relay",
        "A mail for somebody elsewhere",
        "寄往别处的邮件",
        _REFUSED,
        _build_short_mail,
        domain="elsewhere.example",
    )


def build_eicar_file() -> bytes:
    """Put the EICAR test file together: harmless, and found by every scanner."""
    return b"".join(_EICAR_HALVES)


def _build_eicar() -> bytes:
    return _build_with_attachment("Test of your scanner", "eicar.com", build_eicar_file())


def _build_zipped_eicar() -> bytes:
    return _build_with_attachment("Test of your scanner, packed", "test.zip", _zip("eicar.com", build_eicar_file()))


def _build_nested_eicar() -> bytes:
    content, name = build_eicar_file(), "eicar.com"
    for depth in range(5, 0, -1):
        content, name = _zip(name, content), f"{depth}.zip"
    return _build_with_attachment("Test of your scanner, packed five times", name, content)


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def _build_two_readings() -> bytes:
    """Say twice how the file is encoded: programs that believe the first see letters, the others the file."""
    raw = _build_with_attachment("Test of your scanner, read otherwise", "eicar.com", build_eicar_file())
    encoding = b"Content-Transfer-Encoding: base64\r\n"
    return raw.replace(encoding, b"Content-Transfer-Encoding: 7bit\r\n" + encoding)


def _build_program() -> bytes:
    return _build_with_attachment("Invoice 2025-1093", "Invoice_2025-1093.pdf.exe", b"MZ" + bytes(510))


def _build_with_attachment(subject: str, filename: str, content: bytes) -> bytes:
    coded = base64.b64encode(content).decode("ascii")
    body = "\r\n".join(coded[start : start + _BASE64_LINE] for start in range(0, len(coded), _BASE64_LINE))
    return _build_mail(
        subject,
        'Content-Type: multipart/mixed; boundary="frontier"',
        "",
        "--frontier",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Please see the attached file.",
        "--frontier",
        "Content-Type: application/octet-stream",
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{filename}"',
        "",
        body,
        "--frontier--",
    )


def _build_short_mail() -> bytes:
    return _build_mail("A short mail", "Content-Type: text/plain; charset=utf-8", "", "Good morning.")


def _build_smuggling() -> bytes:
    first = _build_mail("An honest subject", "Content-Type: text/plain; charset=utf-8", "", "Good morning.")
    second = (
        b"MAIL FROM:<director@" + DOMAIN.encode() + b">\r\nRCPT TO:<all@" + DOMAIN.encode() + b">\r\nDATA\r\n"
        b"Subject: From nobody you know\r\n\r\nPay at once.\r\n.\r\n"
    )
    return first + b"\n.\r\n" + second


def _build_mail(subject: str, *lines: str) -> bytes:
    head = (
        "Date: Thu, 16 Oct 2025 12:00:00 +0000",
        "From: Someone <someone@sender.example>",
        f"To: you@{DOMAIN}",
        f"Subject: {subject}",
        f"Message-ID: <{subject.lower().replace(' ', '-')}@sender.example>",
        "MIME-Version: 1.0",
    )
    return "\r\n".join((*head, *lines, "")).encode()
