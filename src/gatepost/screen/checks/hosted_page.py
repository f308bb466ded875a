"""A link opens a page that anybody may put up within minutes under a well-known provider's name.

Free sites, cloud programs, storage buckets, forms, shared papers, proxies (IPFS, translators) and tunnels: honest
people use them, too, so most of these weigh only together with other signs; a page of this kind that the mail connects
with accounts, passwords or payments is another matter. Pages of the sender's own organisation do not count.
"""

import re
from collections import Counter
from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_links import read_file_links
from gatepost.screen.hosting import Hosting, find_hosting
from gatepost.screen.kind import Kind
from gatepost.screen.opened import Opened, read_opened
from gatepost.screen.quoting import quote

OPENING_CHARS = 1_500  # of the text, searched for what the mail wants

SITE = Kind(
    "hosted_page.site", Severity.ODD, 1.5, "A link opens a site of the kind that anybody gets at once for free."
)
APP = Kind(
    "hosted_page.app", Severity.SUSPECT, 2.0, "A link opens a program that anybody may run in a provider's cloud."
)
BUCKET = Kind(
    "hosted_page.bucket", Severity.SUSPECT, 2.0, "A link opens a page in a storage bucket that anybody may rent."
)
FORM = Kind("hosted_page.form", Severity.NOTE, 0.5, "A link opens a form in which anybody may ask for anything.")
PAPER = Kind("hosted_page.paper", Severity.NOTE, 0.5, "A link opens a document that anybody may have shared.")
PROXY = Kind(
    "hosted_page.proxy",
    Severity.SUSPECT,
    2.0,
    "A link opens a page through a service that shows other people's pages under its own name (IPFS, translators).",
)
TUNNEL = Kind(
    "hosted_page.tunnel",
    Severity.ODD,
    1.5,
    "A link opens somebody's own machine through a tunnel or a name for home use.",
)
ACCOUNT = Kind(
    "hosted_page.account",
    Severity.SUSPECT,
    2.5,
    "The mail speaks of accounts, passwords or payments, and leads to a page that anybody may have put up.",
)
KINDS: tuple[Kind, ...] = (SITE, APP, BUCKET, FORM, PAPER, PROXY, TUNNEL, ACCOUNT)

_SAYS = {
    Hosting.SITE: (SITE, "a site that anybody may put up for free", "任何人都可免费建立的网站"),
    Hosting.APP: (APP, "a program that anybody may run in a provider's cloud", "任何人都可在云平台上运行的程序"),
    Hosting.BUCKET: (BUCKET, "a file in a storage that anybody may rent", "任何人都可租用的云存储中的文件"),
    Hosting.FORM: (FORM, "a form that anybody may have made", "任何人都可制作的在线表单"),
    Hosting.PAPER: (PAPER, "a document that anybody may have shared", "任何人都可分享的在线文档"),
    Hosting.PROXY: (PROXY, "a page of somebody else, shown under another name", "以其他名称显示的第三方网页"),
    Hosting.TUNNEL: (TUNNEL, "somebody's own machine behind a borrowed name", "借用域名的个人主机"),
}
_ACCOUNT = re.compile(
    r"\b(?:log ?in|log ?on|sign ?in|password|passwort|passcode|verif(?:y|ied|ication)|confirm (?:your|the|my)"
    r"|your account|account (?:is|was|will|has)|mail ?box|storage (?:is|full|limit|quota)|quota|unlock|suspend(?:ed)?"
    r"|re-?activate|deactivat|expir(?:e|es|ed|ing)|payment (?:due|failed|declined|method)|billing|invoice|refund|wallet"
    r"|recovery phrase|seed phrase|secret phrase|security alert|unusual (?:activity|sign)|voice ?mail"
    r"|document (?:shared|to sign)|pending (?:messages|mails|documents)|update your|validate|authenticat|konto|zahlung"
    r"|rechnung|compte|contrase|cuenta|senha|conta\b|fatura)"
    r"|登录|登錄|登入|密码|密碼|验证|驗證|账户|账号|帳戶|帳號|邮箱|郵箱|过期|逾期|发票|退款|钱包|补贴|社保",
    re.IGNORECASE,
)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at where each link leads; one finding for each kind of hosting."""
    if hosted := _find_hosted(read_opened(case.message), case, kit):
        for hosting, count in Counter(hosting for hosting, _ in hosted).items():
            yield Feature(f"hosted_page.{hosting.value}s", count)
    hosted += _find_hosted(read_file_links(case), case, kit)
    if not hosted:
        return
    seen = dict(reversed(hosted))
    for found, opened in seen.items():
        kind, what, what_zh = _SAYS[found]
        host = quote(opened.host)
        yield kind.seen(
            opened.evidence, says=f"A link opens {host}, {what}.", says_zh=f"链接打开 {host}，这是{what_zh}。"
        )
    if words := _ACCOUNT.search(_read_opening(case)):
        found, opened = next(iter(seen.items()))
        what, what_zh = _SAYS[found][1:]
        yield ACCOUNT.seen(
            opened.evidence,
            says=f"The mail speaks of “{quote(words[0])}”, but its link opens {what} ({quote(opened.host)}).",
            says_zh=f"邮件提到“{quote(words[0])}”，但链接打开的是{what_zh}（{quote(opened.host)}）。",
        )


def _find_hosted(links: tuple[Opened, ...], case: Case, kit: Kit) -> list[tuple[Hosting, Opened]]:
    hosted = [
        (hosting, host, opened) for opened in links for url, host in opened.urls if (hosting := find_hosting(url, host))
    ]
    if not hosted:
        return []
    own = next((mailbox.domain for mailbox in case.message.from_[:1]), "")
    is_same = kit.tables.is_same_organisation
    return [(hosting, opened) for hosting, host, opened in hosted if not (own and is_same(host, own))]


def _read_opening(case: Case) -> str:
    message = case.message
    return f"{message.subject[:OPENING_CHARS]}\n{message.text[:OPENING_CHARS]}"
