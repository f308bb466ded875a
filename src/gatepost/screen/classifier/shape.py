"""How a mail is built: numbers about sender, links, pictures and text.

None of them tells where or when a mail was collected.

What may be unknown is told as -1 .. 1 with 0 for unknown: a sender under `.example` is nobody, and being aligned with
nobody proves nothing.

Trust: everything is the author's choice; each number is bounded, and what is looked at is, too.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Iterable

from gatepost.message.message import Link, LinkKind, Message
from gatepost.screen.tables import Tables

MAX_LINKS = 300
MAX_TEXT_CHARS = 20_000
MAX_COUNTED_CHARS = 5_000
MAX_NAME_CHARS = 100
MIN_WORD_CHARS = 3
MAX_FEATURE = 1e6

_RESERVED = (".example", ".test", ".invalid", ".localhost", ".local", "example.com", "example.org", "example.net")
_CAPITALS, _SMALL_LETTERS, _DIGITS = string.ascii_uppercase.encode(), string.ascii_lowercase.encode(), b"0123456789"
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile("[aeiouy]")
_LONG_TOKEN = re.compile(r"[A-Za-z0-9_%=+-]{24,}")
_EMOJI = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")


def measure_shape(message: Message, tables: Tables) -> dict[str, float]:
    """Give the numbers by name, `shape.<what>`."""
    sender = message.from_[0] if message.from_ else None
    domain = sender.domain if sender else ""
    org = "" if not domain or domain.endswith(_RESERVED) else tables.find_registrable_domain(domain)
    links = message.links[:MAX_LINKS]
    text = message.text[:MAX_TEXT_CHARS]
    numbers = {
        **_measure_sender(sender.display_name if sender else "", sender.address if sender else "", org, tables),
        **_measure_links(links, org, tables),
        **_measure_subject(message.subject[:1000]),
        **_measure_text(message, text, len(links)),
        **_measure_coherence(links, org, text.lower(), tables),
    }
    return {f"shape.{name}": min(float(value), MAX_FEATURE) for name, value in numbers.items()}


def _measure_sender(shown: str, address: str, org: str, tables: Tables) -> dict[str, float]:
    local, _, domain = address.lower().partition("@")
    shown = shown[:MAX_NAME_CHARS].lower()
    label = org.partition(".")[0]
    host = domain.rstrip(".")
    words = [word for word in _WORD.findall(shown) if len(word) >= MIN_WORD_CHARS]
    joined = "".join(words)
    is_named = any(word in label for word in words) or (len(label) >= MIN_WORD_CHARS and label in joined)
    return {
        "sender_named": 0 if not org or not words else (1 if is_named else -1),
        "sender_has_name": bool(words),
        "sender_name_length": len(shown),
        "sender_name_symbols": sum(not (c.isalnum() or c in " .,'&()-") for c in shown),
        "sender_local_length": min(len(local), 64),
        "sender_local_digits": sum(map(str.isdigit, local[:64])),
        "sender_label_length": len(label),
        "sender_label_digits": sum(map(str.isdigit, label)),
        "sender_label_hyphens": label.count("-"),
        "sender_label_vowels": _share(len(_VOWELS.findall(label)), len(label)),
        "sender_depth": 0 if not org else host.count(".") - org.count("."),
        "sender_free": bool(org) and tables.is_listed(host, tables.free_mail),
        "sender_cheap": bool(org) and tables.is_cheap(host),
        "sender_known_brand": bool(org) and bool(tables.find_owners(org)),
    }


def _measure_links(links: Iterable[Link], org: str, tables: Tables) -> dict[str, float]:
    find = tables.find_registrable_domain
    anchors = [link for link in links if link.kind in (LinkKind.ANCHOR, LinkKind.TEXT, LinkKind.FORM)]
    hosts = Counter(link.target_host for link in anchors if link.target_host)
    orgs: Counter[str] = Counter()
    for host, count in hosts.items():
        orgs[find(host)] += count
    pictures = {find(link.target_host) for link in links if link.kind is LinkKind.RESOURCE and link.target_host}
    targets = dict.fromkeys(link.target for link in anchors if link.target_host)  # in the order of the mail
    paths = [target.partition("://")[2].partition("/")[2] for target in list(targets)[:40]]
    total = sum(hosts.values())
    main, main_count = orgs.most_common(1)[0] if orgs else ("", 0)
    label = main.partition(".")[0]
    return {
        "links": math.log1p(total),
        "link_hosts": math.log1p(len(hosts)),
        "link_orgs": math.log1p(len(orgs)),
        "link_targets_share": _share(len(targets), total),
        "link_main_share": _share(main_count, total),
        "link_main_cheap": bool(main) and tables.is_cheap(main),
        "link_main_known": bool(main) and bool(tables.find_owners(main)),
        "link_main_label_length": len(label),
        "link_main_digits": sum(map(str.isdigit, label)),
        "link_main_vowels": _share(len(_VOWELS.findall(label)), len(label)),
        "link_depth": max((host.count(".") for host in hosts), default=0),
        "link_path_length": max(map(len, paths), default=0),
        "link_path_mean": _share(sum(map(len, paths)), len(paths)),
        "link_bare": _share(sum(len(path) <= 1 for path in paths), len(paths)),
        "link_tokens": _share(sum(bool(_LONG_TOKEN.search(path)) for path in paths), len(paths)),
        "link_empty": math.log1p(sum(not link.target_host for link in anchors)),
        "mailto": math.log1p(sum(link.target[:7].lower() == "mailto:" for link in anchors)),
        "pictures_orgs": math.log1p(len(pictures)),
        "pictures_foreign": 0 if not pictures or not main else (1 if main not in pictures else -1),
        "pictures_sender": 0 if not pictures or not org else (1 if org in pictures else -1),
        "pictures_known": any(tables.find_owners(one) for one in pictures),
    }


def _measure_coherence(links: Iterable[Link], org: str, text: str, tables: Tables) -> dict[str, float]:
    """Whether sender, links and text speak of one organisation."""
    orgs = Counter(
        tables.find_registrable_domain(link.target_host)
        for link in links
        if link.kind is not LinkKind.RESOURCE and link.target_host
    )
    main = orgs.most_common(1)[0][0] if orgs else ""
    return {
        "aligned": 0 if not org or not orgs else 2 * _share(orgs[org], sum(orgs.values())) - 1,
        "aligned_any": 0 if not org or not orgs else (1 if org in orgs else -1),
        "aligned_main": 0 if not org or not orgs else (1 if org == main else -1),
        "sender_in_text": 0 if not org else (1 if _is_named_in(org, text) else -1),
        "main_in_text": 0 if not main else (1 if _is_named_in(main, text) else -1),
    }


def _is_named_in(org: str, text: str) -> bool:
    label = org.partition(".")[0]
    return len(label) >= MIN_WORD_CHARS and (label in text or label in text.replace(" ", "")[:MAX_TEXT_CHARS])


def _measure_subject(subject: str) -> dict[str, float]:
    letters = sum(map(str.isalpha, subject))
    return {
        "subject_length": min(len(subject), 200),
        "subject_capitals": _share(sum(map(str.isupper, subject)), letters),
        "subject_digits": _share(sum(map(str.isdigit, subject)), len(subject)),
        "subject_marks": min(sum(c in "!?！？*$€£%" for c in subject), 10),
        "subject_emoji": bool(_EMOJI.search(subject)),
    }


def _measure_text(message: Message, text: str, link_count: int) -> dict[str, float]:
    views = message.html
    source = sum(len(part.text) for part in message.html_parts)
    seen = sum(len(view.text) for view in views)
    plain = text[:MAX_COUNTED_CHARS].encode("ascii", "replace")
    capitals = len(plain) - len(plain.translate(None, _CAPITALS))
    small = len(plain) - len(plain.translate(None, _SMALL_LETTERS))
    digits = len(plain) - len(plain.translate(None, _DIGITS))
    return {
        "text_length": math.log1p(len(text)),
        "text_lines": math.log1p(text.count("\n")),
        "text_capitals": _share(capitals, capitals + small),
        "text_digits": _share(digits, len(plain)),
        "text_per_link": math.log1p(_share(len(text), link_count)),
        "html_per_text": math.log1p(_share(source, seen)),
        "html": bool(views),
        "hidden_share": _share(sum(len(view.hidden_text) for view in views), seen),
        "pictures": math.log1p(sum(view.image_count for view in views)),
        "attachments": math.log1p(len(message.attachments)),
        "forms": math.log1p(len(message.forms)),
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
