"""A picture shows a code for cameras that leads to a page: on a telephone, past all that guards links on a computer.

Tickets, bills, business cards and advertisements show codes, too, so a code alone says little. It says much where the
mail speaks of accounts, passwords or held mail, or where the address is made for one reader. That the page is a known
bad one, poses as another, or hides behind a redirect is told by the checks of links.
"""

from collections.abc import Iterator

from gatepost.model.contents import LinkSource
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.coded_addresses import carries_address
from gatepost.screen.file_links import FileLink, list_file_links
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote
from gatepost.screen.themes import find_themes_in, read_message

MAX_TOLD = 3
MAX_URL_CHARS = 2_000

ADDRESSED = Kind(
    "qr_code.addressed",
    Severity.DANGER,
    3.0,
    "A code in a picture leads a stranger's page to the reader's own mail address.",
)
LURE = Kind(
    "qr_code.lure",
    Severity.SUSPECT,
    2.5,
    "A mail about accounts, passwords or held documents leads to a stranger's page by a code in a picture.",
)
LINK = Kind("qr_code.link", Severity.NOTE, 0.5, "A code in a picture leads to a page.")
UNREAD = Kind("qr_code.unread", Severity.NOTE, 0.0, "A file holds more pictures than are searched for codes.")
KINDS: tuple[Kind, ...] = (ADDRESSED, LURE, LINK, UNREAD)

_THEMES = ("credential", "account_lock", "mailbox", "payroll", "document", "voice_mail", "tax", "extortion")
_UNREAD_CODES = "code.unread"
_SAYS = {
    ADDRESSED: (
        "A code in a picture leads to {host}, with a mail address in it.",
        "图片中的二维码指向 {host}，且网址中带有邮箱地址。",
    ),
    LURE: (
        "The mail speaks of “{words}”, and wants you to scan a code that leads to {host}.",
        "邮件提到“{words}”，并要求扫描指向 {host} 的二维码。",
    ),
    LINK: ("A code in a picture leads to {host}.", "图片中的二维码指向 {host}。"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at where each code leads, and whether there may be more."""
    yield from _find_unread(case)
    codes = [link for link in list_file_links(case) if link.source is LinkSource.QR_CODE and link.opened.host]
    if not codes:
        return
    words = _find_lure(case)
    for link in codes[:MAX_TOLD]:
        kind = _judge(link, words, case, kit)
        says, says_zh = _SAYS[kind]
        told = {"host": quote(link.opened.host), "words": quote(words)}
        yield kind.seen(link.opened.evidence, says=says.format(**told), says_zh=says_zh.format(**told))


def _find_unread(case: Case) -> Iterator[Finding]:
    for carried in list_carried(case) if case.contents.files else ():
        if any(trait.code == _UNREAD_CODES for trait in carried.file.traits):
            yield UNREAD.seen(
                carried.point(),
                says=f"Only the first pictures in {carried.call()} were searched for codes.",
                says_zh=f"仅检查了 {carried.call_zh()} 中的前若干张图片是否含有二维码。",
            )


def _judge(link: FileLink, words: str, case: Case, kit: Kit) -> Kind:
    if _is_known(link.opened.host, case, kit):
        return LINK
    if carries_address(link.opened.link.target[:MAX_URL_CHARS]):
        return ADDRESSED
    return LURE if words else LINK


def _is_known(host: str, case: Case, kit: Kit) -> bool:
    """Say whether a code leads to the sender's own site, to one of ours, or to a well-known organisation."""
    tables = kit.tables
    own = [*(box.domain for box in case.message.from_ if box.domain), *(domain.name for domain in case.own_domains)]
    if any(tables.is_same_organisation(host, domain) for domain in own):
        return True
    return bool(tables.find_owners(tables.find_registrable_domain(host)))


def _find_lure(case: Case) -> str:
    """Give a phrase of a theme that codes of honest mail do not come with, "" for none."""
    spoken = find_themes_in(read_message(case.message))
    return next((spoken.phrases[theme][0] for theme in _THEMES if spoken.has(theme)), "")
