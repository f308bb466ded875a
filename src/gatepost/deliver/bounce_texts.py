"""What a notice of non-delivery tells its reader, in English and Chinese."""

from collections.abc import Sequence

SUBJECT = "Mail could not be delivered / 邮件未能送达"

# The first prefix that fits the enhanced status code (RFC 3463 §3) explains it.
_REASONS = (
    ("5.1.", "The mailbox does not exist.", "该邮箱不存在。"),
    ("5.2.2", "The mailbox is full.", "对方邮箱已满。"),
    ("5.2.3", "The mail is too large for this mailbox.", "邮件超过了该邮箱允许的大小。"),
    ("5.3.4", "The mail is too large.", "邮件过大。"),
    ("5.6.7", "The receiving system does not take internationalised addresses.", "收件系统不支持国际化邮箱地址。"),
    ("5.6.", "The receiving system cannot take the content of this mail.", "收件系统无法接收该邮件的内容。"),
    ("5.7.", "The receiving system refused the mail by its rules.", "收件系统依据其规则拒收了该邮件。"),
    ("4.", "The receiving system did not take the mail in time.", "收件系统未能在期限内接收该邮件。"),
    ("", "The receiving system refused the mail.", "收件系统拒收了该邮件。"),
)

_FRAME = """\
This is the mail system at {hostname}.

Your mail could not be delivered to the following recipients. It will not be tried again.
您的邮件未能送达以下收件人，系统不会再次尝试投递。

{failures}

The header of your mail is attached.
随信附上原邮件的信头。
"""


def explain_status(status: str) -> tuple[str, str]:
    """Give one sentence in English and one in Chinese for an enhanced status code."""
    return next((english, chinese) for prefix, english, chinese in _REASONS if status.startswith(prefix))


def compose_text(failures: Sequence[tuple[str, str, str]], hostname: str) -> str:
    """Compose the text from (recipient, enhanced status code, diagnostic) of each failure."""
    told = []
    for recipient, status, diagnostic in failures:
        english, chinese = explain_status(status)
        told.append(f"  <{recipient}>\n    {english}\n    {chinese}\n    ({status}: {diagnostic})")
    return _FRAME.format(hostname=hostname, failures="\n\n".join(told))
