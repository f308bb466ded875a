"""The mail speaks as an organisation, but comes from a mailbox that anybody may open.

Small firms do write from such mailboxes, and so does everybody in private, so the mailbox alone says nothing; only
together with what the mail claims to be it counts. Often-imitated organisations are told by `display_name_spoof`.
"""

import re
from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_NAME_CHARS = 200
OPENING_CHARS = 1_500
CLOSING_CHARS = 600
MAX_OPENING_QUOTE = 5  # lines that begin with >: an answer within a conversation speaks of what others wrote

NAME = Kind(
    "free_mail_claims.name",
    Severity.SUSPECT,
    2.0,
    "The sender's name is that of a department or a firm, the address is a mailbox that anybody may open.",
)
BUSINESS = Kind(
    "free_mail_claims.business",
    Severity.ODD,
    1.5,
    "The mail sends an invoice, an order or a notice about an account from a mailbox that anybody may open.",
)
SIGNATURE = Kind(
    "free_mail_claims.signature",
    Severity.ODD,
    0.5,
    "The mail is signed for a firm, but comes from a mailbox that anybody may open.",
)
KINDS: tuple[Kind, ...] = (NAME, BUSINESS, SIGNATURE)

_ROLE = re.compile(
    r"\b(?:support|customer|service|services|team|department|dept|help ?desk|billing|accounts?|accounting|payroll"
    r"|invoice|admin(?:istrator)?|security|notification|notice|alert|update|office|bank|banco|credit|finance|payment"
    r"|refund|order|delivery|shipping|courier|reward|claims?|compliance|hr|human resources|it desk|inc|corp|corporation"
    r"|ltd|llc|gmbh|s\.a|plc|company|group|foundation|official|headquarters|atendimento|suporte|seguran[cç]a|conta"
    r"|fatura|servicio|kundenservice|kundendienst|e?shop|store|deals?|promo(?:tions?)?|solutions|consulting|agency"
    r"|ministry|embassy)\b"
    r"|客服|公司|有限|银行|銀行|财务|財務|税务|稅務|中心|通知|集团|集團|商城|官方|服务|服務|人事|行政|管理员|管理員",
    re.IGNORECASE,
)
_BUSINESS = re.compile(
    r"\b(?:invoice (?:no|number|#|id|attached)|order (?:no|number|#|id|confirm)|purchase order|auto.?renew"
    r"|your (?:invoice|order|subscription|account|payment|purchase|renewal|mailbox)"
    r"|(?:has|have) been (?:renewed|charged|debited|suspended|limited|restricted)"
    r"|payment (?:confirm|received|of \$|advice)|transaction id|customer (?:care|support|service)|toll.?free|help ?line"
    r"|billing (?:department|team)|sua (?:conta|fatura)|su cuenta|ihr konto|ihre rechnung)"
    r"|代开发票|代開發票|发票业务|本公司|我公司|我司|贵公司|貴公司",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"\b(?:inc\.|corp\.|ltd\.?|llc|gmbh|s\.a\.|plc|pvt|co\., ?ltd|customer (?:care|support|service)"
    r"|billing (?:team|dep)|support team|security team|all rights reserved)|©|有限公司|客服中心|敬启",
    re.IGNORECASE,
)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Compare what a mail from a free mailbox claims to be."""
    message = case.message
    box = next((box for box in message.from_ if box.domain), None)
    if box is None or box.domain not in kit.tables.free_mail:
        return
    address = quote(box.address)
    if _ROLE.search(box.display_name[:MAX_NAME_CHARS]):
        yield NAME.seen(
            point_at(f"{box.display_name} <{box.address}>", box.span),
            says=f"The sender calls itself “{quote(box.display_name)}”, but {address} is a mailbox anybody may open.",
            says_zh=f"发件人自称“{quote(box.display_name)}”，但 {address} 是任何人都可注册的邮箱。",
        )
    text = message.text
    opening = f"{message.subject[:MAX_NAME_CHARS]}\n{text[:OPENING_CHARS]}"
    if opening.count("\n>") > MAX_OPENING_QUOTE:
        return
    if claim := _BUSINESS.search(opening):
        words = quote(claim[0])
        yield BUSINESS.seen(
            point_at(claim[0]),
            says=f"The mail speaks of “{words}” as a firm would, but {address} is a mailbox anybody may open.",
            says_zh=f"邮件以公司口吻提到“{words}”，但 {address} 是任何人都可注册的邮箱。",
        )
    if firm := _FIRM.search(text[-CLOSING_CHARS:]):
        yield SIGNATURE.seen(
            point_at(firm[0]),
            says=f"The mail is signed for a firm (“{quote(firm[0])}”), but {address} is a mailbox anybody may open.",
            says_zh=f"邮件以公司名义署名（“{quote(firm[0])}”），但 {address} 是任何人都可注册的邮箱。",
        )
