"""The body holds what is left of an SMTP dialog: somebody tried to hide a second mail in this one.

Standards: RFC 5321 §4.1.1.4 (only CRLF.CRLF ends the data). Servers that also took other line ends let the rest of
the body pass as commands (SMTP smuggling, 2023).
"""

import re
from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity, Span
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at

DIALOG = Kind(
    "smuggling_leftovers.dialog",
    Severity.DANGER,
    4.0,
    "Behind a line with a single dot stand SMTP commands for another mail.",
)
KINDS: tuple[Kind, ...] = (DIALOG,)

_COMMANDS = (
    rb"\.?[\r\n]{1,3}(?:(?:EHLO|HELO|RSET|NOOP)\b[^\r\n]{0,300}[\r\n]{1,3}){0,3}"
    rb"MAIL FROM:[^\r\n]{0,500}[\r\n]{1,3}(?:RCPT TO:|DATA)"
)
# two expressions, for each begins with a literal, which is found fast
_DIALOG, _DIALOG_BEHIND_CR = (re.compile(start + _COMMANDS, re.IGNORECASE) for start in (rb"\n\.", rb"\r\."))


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look for a dot line with commands behind it, in the raw bytes."""
    raw = case.message.raw
    dialogs = (_DIALOG, _DIALOG_BEHIND_CR) if b"\r" in raw else (_DIALOG,)
    for match in (match for dialog in dialogs for match in dialog.finditer(raw)):
        yield DIALOG.seen(
            point_at(match[0].decode("latin-1"), Span(*match.span())),
            says="The mail holds SMTP commands that try to smuggle a second mail past the filter.",
            says_zh="邮件正文中含有 SMTP 命令，企图夹带另一封邮件绕过过滤。",
        )
