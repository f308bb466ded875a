"""The mail speaks of what lures speak of: a locked account, a parcel, a prize, a password, an invoice, a threat.

Honest mail speaks of the same things, so words alone never convict: a finding needs the words together with a link that
leads to others than the sender, a mailbox that anybody may open, a telephone number, or an address for crypto currency.
The words are in screen/data/lures.toml, in English and Chinese, less in German, French, Spanish, Portuguese and
Japanese; the beginning and the end of the text are read.

Features: for each theme how many distinct phrases (`lure_words.says_credential` ..., at most 4); `subject` and `themes`
(how many themes in the subject, and in all); `density` (phrases in a hundred words, at most 20); `pressed` (pressure
with account, payment or mailbox); `elsewhere` (themes, where all links lead to other organisations than the sender's);
`free_mail` (themes, from a mailbox that anybody may open); `money` and `phones` (amounts and telephone numbers, at most
5); `crypto_address`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gatepost.message.message import LinkKind, Message
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.crypto_addresses import find_crypto_addresses
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at
from gatepost.screen.themes import MAX_SUBJECT_CHARS, Spoken, find_themes, find_themes_in, read_message

MAX_LINKS = 200
MAX_COUNTED = 5
MAX_CANDIDATES = 20
MAX_PHRASES = 4
MAX_DENSITY = 20.0
MIN_WORDS = 10  # of a text whose density says something
MIN_THREATS = 3
MIN_FEE_PHRASES = 5

EXTORTION = Kind(
    "lure_words.extortion", Severity.SUSPECT, 3.0, "The mail threatens its reader and names an address for ransom."
)
ADVANCE_FEE = Kind(
    "lure_words.advance_fee",
    Severity.ODD,
    2.0,
    "The mail promises a fortune from a stranger, as advance fee fraud does.",
)
CALLBACK = Kind(
    "lure_words.callback",
    Severity.ODD,
    2.0,
    "The mail tells of a charge and names a telephone number to call against it, from a mailbox that anybody may open.",
)
GIFT_CARD = Kind(
    "lure_words.gift_card",
    Severity.ODD,
    1.5,
    "Somebody with a mailbox that anybody may open asks for gift cards or favours.",
)
BANK_CHANGE = Kind(
    "lure_words.bank_change",
    Severity.ODD,
    1.5,
    "Salaries and bank details, from a mailbox that anybody may open or from somebody whose answers go elsewhere.",
)
ACCOUNT = Kind(
    "lure_words.account",
    Severity.ODD,
    1.0,
    "The mail presses its reader about an account or a password, and its links lead to others than the sender.",
)
DELIVERY = Kind(
    "lure_words.parcel", Severity.ODD, 0.7, "The mail speaks of a parcel, and its links lead to others than the sender."
)
PRIZE = Kind(
    "lure_words.prize", Severity.ODD, 0.7, "The mail speaks of a prize, and its links lead to others than the sender."
)
MAILBOX = Kind(
    "lure_words.mailbox",
    Severity.ODD,
    0.7,
    "The mail speaks of a full mailbox or of held mail, and its links lead to others than the sender.",
)
KINDS: tuple[Kind, ...] = (
    EXTORTION,
    ADVANCE_FEE,
    CALLBACK,
    GIFT_CARD,
    BANK_CHANGE,
    ACCOUNT,
    DELIVERY,
    PRIZE,
    MAILBOX,
)

_SAYS = {
    EXTORTION: ("The mail threatens you and names an address to pay to.", "邮件进行威胁，并给出付款的加密货币地址。"),
    ADVANCE_FEE: (
        "A stranger promises you a fortune, as fraudsters do who then ask for a fee.",
        "陌生人许诺巨额钱财，诈骗者常以此骗取“手续费”。",
    ),
    CALLBACK: (
        "The mail tells of a charge and wants you to call a number, but comes from a private mailbox.",
        "邮件声称已扣款并要求拨打电话，却来自个人免费邮箱。",
    ),
    GIFT_CARD: (
        "Somebody with a private mailbox asks for gift cards or a quick favour.",
        "有人用个人免费邮箱索要礼品卡或请求帮忙。",
    ),
    BANK_CHANGE: (
        "Somebody who may not be who they say speaks of salaries and bank details.",
        "身份可疑的人谈及工资和银行账户信息。",
    ),
    ACCOUNT: (
        "The mail presses you about an account, but its links lead to others than its sender.",
        "邮件就账户问题催促您，但其链接指向发件人以外的网站。",
    ),
    DELIVERY: (
        "The mail speaks of a parcel, but its links lead to others than its sender.",
        "邮件提到包裹，但其链接指向发件人以外的网站。",
    ),
    PRIZE: (
        "The mail speaks of a prize, but its links lead to others than its sender.",
        "邮件提到奖品，但其链接指向发件人以外的网站。",
    ),
    MAILBOX: (
        "The mail speaks of trouble with your mailbox, but its links lead to others than its sender.",
        "邮件声称邮箱有问题，但其链接指向发件人以外的网站。",
    ),
}
_BEFORE_AMOUNTS = ("$", "\u20ac", "\u00a3", "\u00a5", "\uffe5", "\u20b9", "USD", "EUR", "GBP")
_AFTER_AMOUNTS = ("$", "\u20ac", "\u00a3", "\u5143", "USD", "EUR", "GBP", "dollars", "euros")


def _write_patterns(sign: str) -> list[re.Pattern[str]]:
    """Give the ways to write an amount with this sign; each begins with the sign, which is quickly looked for."""
    it, end = re.escape(sign), r"\b" if sign.isalpha() and sign.isascii() else ""
    before = [rf"{it} ?[0-9]"] if sign in _BEFORE_AMOUNTS else []
    after = [rf"{it}(?:(?<=[0-9]{it})|(?<=[0-9] {it})){end}"] if sign in _AFTER_AMOUNTS else []
    return list(map(re.compile, before + after))


_MONEY = [(sign, _write_patterns(sign)) for sign in dict.fromkeys(_BEFORE_AMOUNTS + _AFTER_AMOUNTS)]
_PHONE = re.compile(
    r"(?<![\w.+/=-])(?:\+[0-9oO]{1,3}[ .\-]{0,3})?"
    r"\(?[0-9oO]{3,4}\)?[ .\-\u2013]{0,3}[0-9oO]{3}[ .\-\u2013]{0,3}[0-9oO]{4}(?![\w/=])"
)
_END_OF_PHONE = re.compile(r"[0-9oO]{3}[ .\-\u2013]{0,3}[0-9oO]{4}(?![\w/=])")  # which is quickly looked for
_MAX_CHARS_BEFORE_END = 20  # more than stand in front of that
_MIN_PHONE_DIGITS = 9


@dataclass(frozen=True, slots=True)
class _Setting:
    """What stands around the words."""

    leads_elsewhere: bool
    is_free_mail: bool
    answers_elsewhere: bool


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Find themes and what stands around them."""
    message = case.message
    reading = read_message(message)
    text, spoken = reading.text, find_themes_in(reading)
    if not spoken.phrases:
        return
    subject = find_themes(message.subject[:MAX_SUBJECT_CHARS])
    setting = _look_around(message, kit)
    phones = _find_phones(text) if spoken.has("callback") else []
    crypto = next(find_crypto_addresses(text), "") if spoken.has("extortion") else ""
    yield from _measure(spoken, subject, setting)
    yield Feature("lure_words.money", _count_money(text))
    yield Feature("lure_words.phones", len(phones))
    yield Feature("lure_words.crypto_address", float(bool(crypto)))
    for kind, seen in _judge(spoken, setting, phones, crypto):
        says, says_zh = _SAYS[kind]
        yield kind.seen(*seen, says=says, says_zh=says_zh)


def _measure(spoken: Spoken, subject: Spoken, setting: _Setting) -> Iterator[Feature]:
    for theme, phrases in spoken.phrases.items():
        yield Feature(f"lure_words.says_{theme}", min(len(phrases), MAX_PHRASES))
    count = len(spoken.phrases)
    yield Feature("lure_words.themes", count)
    yield Feature("lure_words.subject", len(subject.phrases))
    if spoken.word_count >= MIN_WORDS:
        total = sum(map(len, spoken.phrases.values()))
        yield Feature("lure_words.density", min(MAX_DENSITY, 100 * total / spoken.word_count))
    if spoken.has("pressure") and spoken.has("credential", "account_lock", "payment", "mailbox"):
        yield Feature("lure_words.pressed", 1.0)
    if setting.leads_elsewhere:
        yield Feature("lure_words.elsewhere", count)
    if setting.is_free_mail:
        yield Feature("lure_words.free_mail", count)


def _judge(spoken: Spoken, setting: _Setting, phones: list[str], crypto: str) -> Iterator[tuple[Kind, list[Evidence]]]:
    """Give the kinds that are seen, each with what was said and named."""
    if crypto and spoken.count("extortion") >= MIN_THREATS:
        yield EXTORTION, [*_cite(spoken, "extortion"), point_at(crypto)]
    if spoken.count("advance_fee") >= MIN_FEE_PHRASES:
        yield ADVANCE_FEE, _cite(spoken, "advance_fee")
    if setting.is_free_mail:
        if phones and spoken.count("callback") > 1 and spoken.has("payment", "invoice"):
            yield CALLBACK, [*_cite(spoken, "callback", "payment", "invoice"), point_at(phones[0])]
        if spoken.has("gift_card"):
            yield GIFT_CARD, _cite(spoken, "gift_card")
    if spoken.count("payroll") > 1 and (setting.is_free_mail or setting.answers_elsewhere):
        yield BANK_CHANGE, _cite(spoken, "payroll")
    if setting.leads_elsewhere:
        yield from _judge_links(spoken)


def _judge_links(spoken: Spoken) -> Iterator[tuple[Kind, list[Evidence]]]:
    if spoken.has("pressure") and spoken.has("credential", "account_lock"):
        yield ACCOUNT, _cite(spoken, "credential", "account_lock", "pressure")
    for kind, theme in ((DELIVERY, "parcel"), (PRIZE, "prize")):
        if spoken.count(theme) > 1:
            yield kind, _cite(spoken, theme)
    if spoken.count("mailbox") > 1 and spoken.has("pressure", "credential", "account_lock"):
        yield MAILBOX, _cite(spoken, "mailbox", "pressure")  # reports of failed delivery speak of mailboxes, too


def _cite(spoken: Spoken, *themes: str) -> list[Evidence]:
    phrases = [phrase for theme in themes for phrase in spoken.phrases.get(theme, ())[:MAX_PHRASES]]
    return [point_at(" … ".join(phrases))]


def _look_around(message: Message, kit: Kit) -> _Setting:
    sender = next(iter(message.from_), None)
    domain = sender.domain if sender else ""
    links = message.links[:MAX_LINKS]
    hosts = {link.target_host for link in links if link.kind is not LinkKind.RESOURCE and link.target_host}
    answer = next((mailbox.domain for mailbox in message.reply_to), "")
    return _Setting(
        leads_elsewhere=bool(domain and hosts)
        and not any(kit.tables.is_same_organisation(domain, one) for one in hosts),
        is_free_mail=domain in kit.tables.free_mail,
        answers_elsewhere=bool(domain and answer) and not kit.tables.is_same_organisation(domain, answer),
    )


def _count_money(text: str) -> int:
    patterns = [pattern for sign, ways in _MONEY if sign in text for pattern in ways]
    return min(MAX_COUNTED, sum(1 for pattern in patterns for _ in islice(pattern.finditer(text), MAX_COUNTED)))


def _find_phones(text: str) -> list[str]:
    first = _END_OF_PHONE.search(text)
    if first is None:
        return []
    start = max(0, first.start() - _MAX_CHARS_BEFORE_END)
    found = (match[0] for match in islice(_PHONE.finditer(text, start), MAX_CANDIDATES))
    return [one for one in found if sum(map(str.isdigit, one)) >= _MIN_PHONE_DIGITS][:MAX_COUNTED]
