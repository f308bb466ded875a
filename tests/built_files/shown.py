"""Mails in files that programs show as the mail itself (signed as one piece, winmail.dat) or as one attached to it."""

from collections.abc import Callable

from built_files.office import build_tnef_text
from signed_mails import tell, write_signed

PAGE = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
LURE = (
    b'<p>Dear customer,<p>sign in at <a href="https://login.northern-verify.net/">www.northern-savings.com</a> today,'
    b" or your account will be closed.\r\n"
)
FORM = b'<p>Sign in here:<form action="https://collect.example/"><input type="password" name="p"></form>\r\n'
LETTER = b'<p>Hello Nora,<p>the boards are ready, see <a href="https://woodwork.example/boards">our page</a>.<p>Ann\r\n'
HEAD = b"From: Ann Wood <ann@woodwork.example>\r\nSubject: The boards\r\nDate: Mon, 13 Oct 2025 08:00:00 +0200\r\n"
RICH = rb'{\rtf1\ansi Sign in at {\field{\*\fldinst HYPERLINK "https://login.northern-verify.net/"}{\fldrslt '
RICH += rb"www.northern-savings.com}} today, or your account will be closed.\par}"


def sign(text: bytes) -> Callable[[], bytes]:
    return lambda: write_signed(tell(4, PAGE + text))


def wrap(text: bytes) -> Callable[[], bytes]:
    return lambda: build_tnef_text((0x102, 0x1013, text), (3, 0x3FDE, (65001).to_bytes(4, "little")))


def wrap_rich(text: bytes) -> bytes:
    packed = (len(text) + 12).to_bytes(4, "little") + len(text).to_bytes(4, "little") + b"MELA" + bytes(4) + text
    return build_tnef_text((0x102, 0x1009, packed))


FILES = {
    "signed-lure.p7m": sign(LURE),
    "signed-form.p7m": sign(FORM),
    "signed-letter.p7m": sign(LETTER),
    "winmail-lure.dat": wrap(LURE),
    "winmail-form.dat": wrap(FORM),
    "winmail-letter.dat": wrap(LETTER),
    "winmail-rich-lure.dat": lambda: wrap_rich(RICH),
    "mail-lure.eml": lambda: HEAD + PAGE + LURE,
    "mail-letter.eml": lambda: HEAD + PAGE + LETTER,
}
