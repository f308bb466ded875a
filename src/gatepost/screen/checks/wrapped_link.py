"""A link passes through somebody else's redirect, which hides from reader and filter where it leads.

Gateways of mail systems (Safe Links, Proofpoint and the like) and click counters of bulk mailers rewrite honest links
as well; they are told apart by the tables. What a search engine, an advertising network or a stranger's site passes on
is another matter: a sender who means well links to the page itself.
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

PLATFORM = Kind(
    "wrapped_link.platform",
    Severity.SUSPECT,
    2.5,
    "A link goes through the redirect of a search engine, a social network or an advertising network to another site.",
)
OPEN_REDIRECT = Kind(
    "wrapped_link.open_redirect",
    Severity.ODD,
    1.0,
    "A link goes through the redirect of a site that has nothing to do with the sender, to yet another organisation.",
)
COUNTED = Kind("wrapped_link.counted", Severity.NOTE, 0.0, "A link goes through a click counter or a mail gateway.")
HIDDEN = Kind(
    "wrapped_link.hidden_again",
    Severity.SUSPECT,
    2.5,
    "A link goes through a redirect to a second hiding place: a shortener or a page that anybody may put up.",
)
NESTED = Kind("wrapped_link.nested", Severity.ODD, 1.5, "A link goes through the redirects of several organisations.")
RIVALS = Kind(
    "wrapped_link.several_targets",
    Severity.ODD,
    1.0,
    "A link carries the URLs of several organisations, so that nobody can tell which one it opens.",
)
SEALED = Kind(
    "wrapped_link.sealed", Severity.NOTE, 0.3, "A link goes through a redirect whose target only its owner can read."
)
KINDS: tuple[Kind, ...] = (PLATFORM, OPEN_REDIRECT, COUNTED, HIDDEN, NESTED, RIVALS, SEALED)

# Redirects of large sites that pass anybody on; no honest mail needs them, their own mails do.
_PLATFORMS = frozenset((
    "google.com/url", "google.com/amp", "google.com/local_url", "google.com/aclk", "googleadservices.com",
    "doubleclick.net", "dartsearch.net", "googleweblight.com", "youtube.com/redirect", "bing.com/ck",
    "bing.com/alink", "search.yahoo.com", "rd.yahoo.com", "duckduckgo.com/l", "baidu.com/link", "so.com/link",
    "sogou.com/link", "yandex.ru/redir", "yandex.com/clck", "facebook.com/l.php", "facebook.com/flx",
    "instagram.com", "linkedin.com/redir", "linkedin.com/safety", "linkedin.com/slink", "linkedin.com/authwall",
    "tiktok.com/link", "vk.com/away.php", "t.me/iv", "reddit.com", "pinterest.com/offsite", "slack-redir.net",
    "steamcommunity.com/linkfilter", "deref-gmx.net", "deref-web.de", "awin1.com", "adnxs.com", "criteo.com",
    "taboola.com", "outbrain.com", "atdmt.com", "media.net", "adsrvr.org", "adform.net",
    "bidswitch.net", "rubiconproject.com",
    "smartadserver.com", "ebay.com/rover", "kakao.com", "naver.com", "medium.com/m", "zhihu.com", "qq.com",
    "weibo.cn", "weibo.com", "douban.com", "csdn.net", "jianshu.com", "aliexpress.com",
    "salesforce.com/servlet", "imgur.com",
))  # fmt: skip
# Gateways rewrite what they let through: what they carry was written by the sender, not hidden by him.
_GATEWAYS = frozenset((
    "safelinks.protection.outlook.com", "safelinks.protection.office365.us", "urldefense.com", "urldefense.us",
    "urldefense.proofpoint.com", "mimecast.com", "mimecastprotect.com", "cudasvc.com", "secure-web.cisco.com",
    "clicktime.symantec.com", "protection.sophos.com", "trendmicro.com", "fireeye.com", "avanan.net", "avanan.click",
    "edgepilot.com", "urlsand.esvalabs.com", "emailprotection.link", "trustwave.com", "sonicwall.com",
))  # fmt: skip
_MIN_COUNTED_LINKS = 3  # so many links through one host make it a click counter ...
_MIN_COUNTED_SHARE = 0.5  # ... when they are this part of all links
_SEALED = re.compile(
    r"(?:mimecast(?:protect)?\.com/s/|linkedin\.com/slink|/ls/click\?upn=|clicktime\.symantec\.com/\w"
    r"|secure-web\.cisco\.com/\w|urlsand\.esvalabs\.com|\.avanan\.click|/wf/click\?|trk\.klclick|edgepilot\.com/s/"
    r"|bing\.com/ck/a)",
    re.IGNORECASE,
)
_SEALED_WORDS = ("click", "slink", "mimecast", "cisco", "esvalabs", "edgepilot", "bing.com")  # one is in each of them
_UNWRAPPED = tuple(Feature(f"wrapped_link.{name}", 0.0) for name in ("count", "share", "depth"))
_HIDING = frozenset({Hosting.SITE, Hosting.APP, Hosting.BUCKET, Hosting.PROXY, Hosting.TUNNEL})
_PATH = re.compile(r"[a-zA-Z]+:[/\\]*[^/\\?#]*([^?#]*)")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at each wrapped link; one finding of each kind is enough."""
    opened = read_opened(case.message)
    wrapped = [one for one in opened if one.hops]
    seen: dict[Kind, Opened] = {}
    if wrapped:
        yield Feature("wrapped_link.count", len(wrapped))
        yield Feature("wrapped_link.share", len(wrapped) / len(opened))
        yield Feature("wrapped_link.depth", max(len(one.hops) for one in wrapped))
        counters = _find_click_counters(opened)
        for one in wrapped:
            for kind in _judge(one, case, kit, counters):
                seen.setdefault(kind, one)
    else:
        yield from _UNWRAPPED
    for one in read_file_links(case):
        for kind in _judge(one, case, kit, set()) if one.hops else ():
            seen.setdefault(kind, one)
    if sealed := next((one for one in opened if not one.hops and _is_sealed(one.link.target[:300])), None):
        seen[SEALED] = sealed
    for kind, one in seen.items():
        yield _describe(kind, one)


def _is_sealed(url: str) -> bool:
    if url.isascii() and not any(map(url.lower().__contains__, _SEALED_WORDS)):  # spares most URLs the expression
        return False
    return _SEALED.search(url) is not None


def _find_click_counters(opened: tuple[Opened, ...]) -> set[str]:
    """Give the host that most links of the mail go through."""
    counts = Counter(one.link.target_host for one in opened)
    enough = max(_MIN_COUNTED_LINKS, _MIN_COUNTED_SHARE * len(opened))
    return {host for host, count in counts.items() if count >= enough}


def _judge(one: Opened, case: Case, kit: Kit, counters: set[str]) -> Iterator[Kind]:
    tables = kit.tables
    through = [hop.through for hop in one.hops if not tables.is_listed(hop.through, _GATEWAYS)]
    counted = [host for host in through if host in counters or tables.is_listed(host, tables.redirectors)]
    if counted or len(through) < len(one.hops):
        yield COUNTED
    senders = [mailbox.domain for mailbox in case.message.from_[:1] if mailbox.domain]
    crossing = [host for host in through if not tables.is_same_organisation(host, one.host)]
    strange = [
        host
        for host in crossing
        if host not in counted and not any(tables.is_same_organisation(host, sender) for sender in senders)
    ]
    if any(host in strange and _is_platform(url, host) for url, host in one.urls):
        yield PLATFORM
    elif strange:
        yield OPEN_REDIRECT
    if crossing and (tables.is_listed(one.host, tables.shorteners) or find_hosting(one.target, one.host) in _HIDING):
        yield HIDDEN
    if len({tables.find_registrable_domain(host) for host in crossing}) > 1:
        yield NESTED
    if any(not tables.is_same_organisation(hop.host, rival) for hop in one.hops for rival in hop.rivals):
        yield RIVALS


def _is_platform(url: str, host: str) -> bool:
    path = _PATH.match(url)
    first = path[1][:40].replace("\\", "/").split("/")[1:2] if path else []
    labels = host.split(".")
    for start in range(max(0, len(labels) - 4), len(labels) - 1):
        name = ".".join(labels[start:])
        name = "google.com" if labels[start] == "google" else name
        if name in _PLATFORMS or (first and f"{name}/{first[0]}" in _PLATFORMS):
            return True
    return False


def _describe(kind: Kind, one: Opened) -> Finding:
    through, end = quote(one.link.target_host), quote(one.host)
    if kind is SEALED:
        says = f"A link goes through {through}, and only its owner knows where to."
        says_zh = f"链接经过 {through}，只有其运营者知道最终去向。"
    elif kind is RIVALS:
        says = f"A link through {through} carries several addresses; nobody can tell which one it opens."
        says_zh = f"经过 {through} 的链接带有多个地址，无法判断实际打开哪一个。"
    else:
        says = f"A link goes through {through} and ends at {end}."
        says_zh = f"链接经过 {through}，最终打开 {end}。"
    return kind.seen(one.evidence, says=says, says_zh=says_zh)
