"""Whether links and pictures belong to the organisation that sends the mail, and to each other.

Alignment alone proves little: whoever owns a domain can align everything with it, and honest people link to whatever
they like. So this check measures (for the classifier) and speaks only of what deceivers do: the parts of a mail that
nobody clicks belong to the organisation that is imitated, the link to click on does not.

Unknown weighs nothing: names that cannot exist on the internet (`.example`, `.test`, `.local` ...) belong to nobody.
Features, each 0 where it does not apply: `known` (1: sender and links can be compared), `links`, `orgs` (organisations
behind the links), `top_share` (of the largest of them), `sender_share`, `mailer_share` (through known bulk mailers),
`common_share` (social networks, stores), `strange_share` (the rest), `proven_share` (of an organisation that signed),
`same_share` (of the address named most often), `images`, `image_orgs`, `image_sender_share`, `image_link_share` (of
pictures from the organisations of links), `image_brand_share` (from often-imitated organisations other than the
sender), `own_small_print` (1: its links are the sender's), `astray` (1: all links to click on lead to strangers).
"""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from gatepost.message.message import LinkKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.model.proof import AuthResult
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.opened import Opened, read_opened
from gatepost.screen.quoting import quote
from gatepost.screen.remember import remember
from gatepost.screen.tables import Tables

MAX_IMAGES = 500
MAX_REMEMBERED = 4096
MAX_COUNTED = 100  # more makes no difference
MAX_SHOWN_CHARS = 60  # of the words of a link that are looked at

ACTION = Kind(
    "link_alignment.action_elsewhere",
    Severity.ODD,
    1.0,
    "The small print of the mail leads to the sender's site, the link to click on leads to strangers.",
)
PICTURES = Kind(
    "link_alignment.borrowed_pictures",
    Severity.SUSPECT,
    2.5,
    "The mail shows pictures from a well-known organisation's own servers, but neither its sender nor its main links"
    " belong to that organisation.",
)
DECOYS = Kind(
    "link_alignment.decoys",
    Severity.SUSPECT,
    2.0,
    "The mail presents itself as a well-known organisation that is not its sender; some links open that"
    " organisation's site, others strangers.",
)
KINDS: tuple[Kind, ...] = (ACTION, PICTURES, DECOYS)

# Where mails of all kinds lead: follow us, get the app, find the way.
_COMMON = frozenset((
    "facebook.com", "fb.com", "fb.me", "twitter.com", "x.com", "instagram.com", "linkedin.com", "youtube.com",
    "youtu.be", "tiktok.com", "pinterest.com", "whatsapp.com", "wa.me", "t.me", "telegram.me", "telegram.org",
    "reddit.com", "discord.com", "discord.gg", "threads.net", "snapchat.com", "tumblr.com", "vimeo.com", "flickr.com",
    "medium.com", "github.com", "apps.apple.com", "itunes.apple.com", "play.google.com", "maps.google.com", "goo.gl",
    "plus.google.com", "calendar.google.com", "google.com", "gravatar.com", "w3.org", "wikipedia.org", "weibo.com",
    "weixin.qq.com", "xiaohongshu.com", "douyin.com", "bilibili.com", "zhihu.com", "yelp.com", "trustpilot.com",
    "googleapis.com", "gstatic.com", "microsoft.com", "aka.ms", "apple.com", "spotify.com", "vk.com", "bsky.app",
))  # fmt: skip
_PICTURE_STORES = frozenset((  # under the name of a brand, but anybody's
    "googleusercontent.com", "googleapis.com", "ggpht.com", "amazonaws.com", "windows.net", "azureedge.net", "wp.com",
    "githubusercontent.com", "dropboxusercontent.com", "secureserver.net", "media-amazon.com", "alicdn.com",
))  # fmt: skip
_RESERVED = frozenset(("example", "test", "invalid", "localhost", "local", "lan", "internal", "localdomain", "home"))
_RESERVED_DOMAINS = frozenset(("example.com", "example.net", "example.org", "example.edu"))
_LOADED = LinkKind.RESOURCE
_LEGAL_WORDS = (
    *("unsubscribe", "opt out", "opt-out", "preferences", "privacy", "terms", "imprint", "impressum", "legal"),
    *("contact", "help", "support", "about us", "view in", "view this", "abmelden", "datenschutz", "abonner"),
    *("confidentialit", "de baja", "privacidad", "cancelar", "descadastr", "disiscri"),
    *("退订", "退訂", "取消订阅", "隐私", "隱私", "条款", "條款", "联系我们", "聯絡"),
)


class _View(NamedTuple):
    """Links and pictures, and whose they are; organisations are registrable domains."""

    sender: str  # "" where it is unknown
    links: list[tuple[Opened, str]]  # each with its organisation
    images: list[str]
    own: set[str]
    mailers: set[str]
    common: set[str]
    proven: set[str]
    brands: dict[str, str]  # organisation to the often-imitated owner who is not the sender

    @property
    def is_known(self) -> bool:
        return bool(self.sender and self.links)

    def list_strange(self) -> list[Opened]:
        """Give the links that belong neither to the sender nor to anybody known."""
        passing = self.own | self.mailers | self.common | self.brands.keys()
        return [link for link, organisation in self.links if organisation not in passing]

    def is_astray(self) -> bool:
        """Say whether there are links to click on, no small print and no social networks, all of them to strangers."""
        actions = {organisation for link, organisation in self.links if not _is_legal(link)} - self.common
        return bool(actions) and actions.isdisjoint(self.own | self.mailers | self.brands.keys())

    def has_own_small_print(self) -> bool:
        own = [link for link, organisation in self.links if organisation in self.own]
        return any(map(_is_legal, own))

    def list_linked_brands(self) -> list[str]:
        names = (organisation for _, organisation in self.links if organisation not in self.common)
        return [self.brands[name] for name in names if name in self.brands]

    def list_pictured_brands(self) -> list[str]:
        names = (image for image in self.images if image not in self.common and image not in _PICTURE_STORES)
        return [self.brands[name] for name in names if name in self.brands]


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Measure, and tell of mails whose parts do not fit together."""
    if not case.message.links:
        return
    view = _read_view(case, kit.tables)
    for name, value in _measure(view):
        if value:
            yield Feature(name, value)
    if view.is_known and (strange := view.list_strange()):
        yield from _judge(view, strange[0], case, kit.tables)


def _judge(view: _View, strange: Opened, case: Case, tables: Tables) -> Iterator[Finding]:
    """Tell what does not fit to a link that leads to strangers."""
    if view.has_own_small_print() and view.is_astray():
        yield _describe(ACTION, strange, view.sender)
    if not view.brands:
        return
    linked = view.list_linked_brands()
    if pictured := next((brand for brand in view.list_pictured_brands() if brand not in linked), None):
        yield _describe(PICTURES, strange, pictured)
    claimed = _find_claimed_brands(case, tables) if linked else set()
    if decoy := next((brand for brand in linked if brand in claimed), None):
        yield _describe(DECOYS, strange, decoy)


def _find_claimed_brands(case: Case, tables: Tables) -> set[str]:
    """Give the organisations as which the mail presents itself, in the sender's name or the subject."""
    message = case.message
    names = (message.subject, *(box.display_name for box in message.from_[:1]))
    return {brand.name for brand in map(tables.find_brand, names) if brand}


def _read_view(case: Case, tables: Tables) -> _View:
    message = case.message
    sender = _find_organisation(message.from_[0].domain, tables) if message.from_ else ""
    links = [(one, name) for one in read_opened(message) if (name := _find_organisation(one.host, tables))]
    pictures = [link.target_host for link in message.links if link.kind is _LOADED and link.target_host][:MAX_IMAGES]
    images = [name for host in pictures if (name := _find_organisation(host, tables))]
    hosts = dict.fromkeys(images, "") | {organisation: link.host for link, organisation in links}
    view = _View(sender, links, images, set(), set(), set(), _list_proven(case, tables), {})
    for one, host in hosts.items():
        if sender and tables.is_same_organisation(one, sender):
            view.own.add(one)
            continue
        is_mailer, is_common, brand = _find_standing(one, host or one, tables)
        if is_mailer:
            view.mailers.add(one)
        if is_common:
            view.common.add(one)
        if brand:
            view.brands[one] = brand
    return view


@remember(MAX_REMEMBERED)
def _find_standing(organisation: str, host: str, tables: Tables) -> tuple[bool, bool, str]:
    """Say whether others send through an organisation, whether all link to this host of it, and which brand it is."""
    return (
        tables.is_listed(organisation, tables.redirectors),
        tables.is_listed(host, _COMMON),
        min(tables.find_owners(organisation), default=""),
    )


@remember(MAX_REMEMBERED)
def _find_organisation(host: str, tables: Tables) -> str:
    """Give the registrable domain of a host, "" for a name that cannot belong to anybody on the internet."""
    domain = tables.find_registrable_domain(host)
    exists = host.rpartition(".")[2] not in _RESERVED and domain not in _RESERVED_DOMAINS and "." in host
    return domain if exists else ""


def _is_legal(one: Opened) -> bool:
    return _speaks_legally(one.link.shown[:MAX_SHOWN_CHARS])


@lru_cache(MAX_REMEMBERED)
def _speaks_legally(shown: str) -> bool:
    low = shown.lower()
    return any(word in low for word in _LEGAL_WORDS)


def _list_proven(case: Case, tables: Tables) -> set[str]:
    signed = [proof.domain for proof in case.proof.dkim_details if proof.result is AuthResult.PASS]
    sent = [proof.domain for proof in case.proof.spf_details if proof.result is AuthResult.PASS]
    return {tables.find_registrable_domain(domain) for domain in signed + sent if domain}


def _measure(view: _View) -> list[tuple[str, float]]:
    numbers: list[tuple[str, float]] = []
    organisations = _count([organisation for _, organisation in view.links])
    if view.links:
        named = [link.link_count for link, _ in view.links]
        numbers += (
            ("link_alignment.links", min(sum(named), MAX_COUNTED)),
            ("link_alignment.orgs", min(len(organisations), MAX_COUNTED)),
            ("link_alignment.top_share", max(organisations.values()) / len(named)),
            ("link_alignment.same_share", max(named) / sum(named)),
            ("link_alignment.mailer_share", _share(organisations, view.mailers)),
            ("link_alignment.common_share", _share(organisations, view.common)),
            ("link_alignment.proven_share", _share(organisations, view.proven)),
        )
    if view.is_known:
        numbers += (
            ("link_alignment.known", 1.0),
            ("link_alignment.sender_share", _share(organisations, view.own)),
            ("link_alignment.strange_share", 1 - _share(organisations, view.own | view.mailers | view.common)),
            ("link_alignment.own_small_print", float(view.has_own_small_print())),
            ("link_alignment.astray", float(view.is_astray())),
        )
    if view.images:
        images = _count(view.images)
        numbers += (
            ("link_alignment.images", min(len(view.images), MAX_COUNTED)),
            ("link_alignment.image_orgs", min(len(images), MAX_COUNTED)),
            ("link_alignment.image_link_share", _share(images, organisations)),
        )
        if view.sender:
            numbers += (
                ("link_alignment.image_sender_share", _share(images, view.own)),
                ("link_alignment.image_brand_share", _share(images, view.brands.keys() - view.common)),
            )
    return numbers


def _count(names: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts


def _share(counts: dict[str, int], chosen: Collection[str]) -> float:
    """Give the part of all that the chosen ones have."""
    return sum([count for one, count in counts.items() if one in chosen]) / sum(counts.values()) if chosen else 0.0


def _describe(kind: Kind, one: Opened, of: str) -> Finding:
    host, owner = quote(one.host), quote(of)
    if kind is ACTION:
        says = f"The small print leads to {owner}, but the link to click on opens {host}."
        says_zh = f"页脚链接指向 {owner}，但需要点击的链接打开的是 {host}。"
    elif kind is PICTURES:
        says = f"The mail shows pictures from {owner}, but comes from somebody else and leads to {host}."
        says_zh = f"邮件使用 {owner} 的图片，但并非由其发出，链接打开的是 {host}。"
    else:
        says = f"Some links open {owner}, others {host}, and the mail does not come from {owner}."
        says_zh = f"部分链接打开 {owner}，另一部分打开 {host}，而邮件并非来自 {owner}。"
    return kind.seen(one.evidence, says=says, says_zh=says_zh)
