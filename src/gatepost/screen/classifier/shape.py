"""How a mail is built: numbers about sender, links, pictures and text.

None of them tells where or when a mail was collected.

What may be unknown is told as -1 .. 1 with 0 for unknown: a sender under `.example` is nobody, and being aligned with
nobody proves nothing.

Trust: everything is the author's choice; each number is bounded, and what is looked at is, too.
"""

import math
import re
import string
from collections.abc import Iterable, Mapping
from itertools import islice

from gatepost.message.message import Link, LinkKind, Message
from gatepost.screen.tables import Tables

MAX_LINKS = 300
MAX_TEXT_CHARS = 20_000
MAX_PATHS = 40
MAX_COUNTED_CHARS = 5_000
MAX_NAME_CHARS = 100
MIN_WORD_CHARS = 3
MAX_FEATURE = 1e6

_RESERVED = (".example", ".test", ".invalid", ".localhost", ".local", "example.com", "example.org", "example.net")
_CAPITALS, _SMALL_LETTERS, _DIGITS = string.ascii_uppercase.encode(), string.ascii_lowercase.encode(), b"0123456789"
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile("[aeiouy]")
_SYMBOL = re.compile(r"[^\w .,'&()-]|_")
_MARK = re.compile("[!?！？*$€£%]")
_LONG_TOKEN = re.compile(r"[A-Za-z0-9_%=+-]{24,}")
_EMOJI = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")


def is_reserved(domain: str) -> bool:
    """Say whether a domain is set apart for examples and tests (RFC 2606, RFC 6761), so that nobody is behind it."""
    return domain.endswith(_RESERVED)


def measure_shape(message: Message, tables: Tables) -> dict[str, float]:
    """Give the numbers by name, `shape.<what>`."""
    sender = message.from_[0] if message.from_ else None
    domain = sender.domain if sender else ""
    org = "" if not domain or is_reserved(domain) else tables.find_registrable_domain(domain)
    links = message.links[:MAX_LINKS]
    led = [link for link in links if link.kind is not LinkKind.RESOURCE]
    anchors = [link for link in led if link.kind is not LinkKind.REFRESH]
    anchor_orgs = _count_orgs(anchors, tables)
    led_orgs = anchor_orgs if len(anchors) == len(led) else _count_orgs(led, tables)
    text = message.text[:MAX_TEXT_CHARS]
    numbers = {
        **_measure_sender(sender.display_name if sender else "", sender.address if sender else "", org, tables),
        **_measure_links(anchors, anchor_orgs, tables),
        **_measure_pictures(links, anchor_orgs, org, tables),
        **_measure_subject(message.subject[:1000]),
        **_measure_text(message, text, len(links)),
        **_measure_coherence(led_orgs, org, text.lower()),
    }
    values = list(map(float, numbers.values()))
    if max(values) > MAX_FEATURE:
        values = [min(value, MAX_FEATURE) for value in values]
    return dict(zip(numbers, values, strict=True))


def _measure_sender(shown: str, address: str, org: str, tables: Tables) -> dict[str, float]:
    local, _, domain = address.lower().partition("@")
    local = local[:64]
    shown = shown[:MAX_NAME_CHARS].lower()
    label = org.partition(".")[0]
    host = domain.rstrip(".")
    words = [word for word in _WORD.findall(shown) if len(word) >= MIN_WORD_CHARS]
    is_named = any(word in label for word in words) or (len(label) >= MIN_WORD_CHARS and label in "".join(words))
    return {
        "shape.sender_named": 0 if not org or not words else (1 if is_named else -1),
        "shape.sender_has_name": bool(words),
        "shape.sender_name_length": len(shown),
        "shape.sender_name_symbols": len(_SYMBOL.findall(shown)),
        "shape.sender_local_length": len(local),
        "shape.sender_local_digits": _count_digits(local),
        "shape.sender_label_length": len(label),
        "shape.sender_label_digits": _count_digits(label),
        "shape.sender_label_hyphens": label.count("-"),
        "shape.sender_label_vowels": _share(len(_VOWELS.findall(label)), len(label)),
        "shape.sender_depth": 0 if not org else host.count(".") - org.count("."),
        "shape.sender_free": bool(org) and tables.is_listed(host, tables.free_mail),
        "shape.sender_cheap": bool(org) and tables.is_cheap(host),
        "shape.sender_known_brand": bool(org) and bool(tables.find_owners(org)),
    }


def _count_orgs(links: Iterable[Link], tables: Tables) -> dict[str, int]:
    """Give how many links lead to each organisation, in the order of the mail."""
    orgs: dict[str, int] = {}
    for link in links:
        if link.target_host:
            org = tables.find_registrable_domain(link.target_host)
            orgs[org] = orgs.get(org, 0) + 1
    return orgs


def _find_main(orgs: Mapping[str, int]) -> str:
    return max(orgs, key=orgs.__getitem__) if orgs else ""


def _measure_links(anchors: Iterable[Link], orgs: Mapping[str, int], tables: Tables) -> dict[str, float]:
    leading = [link for link in anchors if link.target_host]
    hosts = {link.target_host for link in leading}
    targets = dict.fromkeys([link.target for link in leading])  # in the order of the mail
    paths = [target.partition("://")[2].partition("/")[2] for target in islice(targets, MAX_PATHS)]
    lengths = list(map(len, paths))
    total = len(leading)
    main = _find_main(orgs)
    label = main.partition(".")[0]
    nowhere = [link.target for link in anchors if not link.target_host]
    return {
        "shape.links": math.log1p(total),
        "shape.link_hosts": math.log1p(len(hosts)),
        "shape.link_orgs": math.log1p(len(orgs)),
        "shape.link_targets_share": _share(len(targets), total),
        "shape.link_main_share": _share(orgs.get(main, 0), total),
        "shape.link_main_cheap": bool(main) and tables.is_cheap(main),
        "shape.link_main_known": bool(main) and bool(tables.find_owners(main)),
        "shape.link_main_label_length": len(label),
        "shape.link_main_digits": _count_digits(label),
        "shape.link_main_vowels": _share(len(_VOWELS.findall(label)), len(label)),
        "shape.link_depth": max([host.count(".") for host in hosts], default=0),
        "shape.link_path_length": max(lengths, default=0),
        "shape.link_path_mean": _share(sum(lengths), len(paths)),
        "shape.link_bare": _share(sum([length <= 1 for length in lengths]), len(paths)),
        "shape.link_tokens": _share(sum([_LONG_TOKEN.search(path) is not None for path in paths]), len(paths)),
        "shape.link_empty": math.log1p(len(nowhere)),
        "shape.mailto": math.log1p(sum([target[:7].lower() == "mailto:" for target in nowhere])),
    }


def _measure_pictures(links: Iterable[Link], orgs: Mapping[str, int], org: str, tables: Tables) -> dict[str, float]:
    shown = {link.target_host for link in links if link.kind is LinkKind.RESOURCE and link.target_host}
    pictures = set(map(tables.find_registrable_domain, shown))
    main = _find_main(orgs)
    return {
        "shape.pictures_orgs": math.log1p(len(pictures)),
        "shape.pictures_foreign": 0 if not pictures or not main else (1 if main not in pictures else -1),
        "shape.pictures_sender": 0 if not pictures or not org else (1 if org in pictures else -1),
        "shape.pictures_known": any(map(tables.find_owners, pictures)),
    }


def _measure_coherence(orgs: Mapping[str, int], org: str, text: str) -> dict[str, float]:
    """Whether sender, links and text speak of one organisation."""
    main = _find_main(orgs)
    is_known = bool(org and orgs)
    is_named = _is_named_in(org, text)
    return {
        "shape.aligned": 2 * _share(orgs.get(org, 0), sum(orgs.values())) - 1 if is_known else 0,
        "shape.aligned_any": (1 if org in orgs else -1) if is_known else 0,
        "shape.aligned_main": (1 if org == main else -1) if is_known else 0,
        "shape.sender_in_text": is_named,
        "shape.main_in_text": is_named if main == org else _is_named_in(main, text),
    }


def _is_named_in(org: str, text: str) -> int:
    """Give 1 where a text names an organisation, also with spaces in it, -1 where not, 0 where there is none."""
    if not org:
        return 0
    label = org.partition(".")[0]
    return 1 if len(label) >= MIN_WORD_CHARS and (label in text or label in text.replace(" ", "")) else -1


def _measure_subject(subject: str) -> dict[str, float]:
    letters = sum(map(str.isalpha, subject))
    return {
        "shape.subject_length": min(len(subject), 200),
        "shape.subject_capitals": _share(sum(map(str.isupper, subject)), letters),
        "shape.subject_digits": _share(_count_digits(subject), len(subject)),
        "shape.subject_marks": min(len(_MARK.findall(subject)), 10),
        "shape.subject_emoji": bool(_EMOJI.search(subject)),
    }


def _measure_text(message: Message, text: str, link_count: int) -> dict[str, float]:
    views = message.html
    source = sum([len(part.text) for part in message.html_parts])
    seen = sum([len(view.text) for view in views])
    plain = text[:MAX_COUNTED_CHARS].encode("ascii", "replace")
    others = plain.translate(None, _SMALL_LETTERS)  # which are most
    capitals = len(others) - len(others.translate(None, _CAPITALS))
    digits = len(others) - len(others.translate(None, _DIGITS))
    return {
        "shape.text_length": math.log1p(len(text)),
        "shape.text_lines": math.log1p(text.count("\n")),
        "shape.text_capitals": _share(capitals, capitals + len(plain) - len(others)),
        "shape.text_digits": _share(digits, len(plain)),
        "shape.text_per_link": math.log1p(_share(len(text), link_count)),
        "shape.html_per_text": math.log1p(_share(source, seen)),
        "shape.html": bool(views),
        "shape.hidden_share": _share(sum([len(view.hidden_text) for view in views]), seen),
        "shape.pictures": math.log1p(sum([view.image_count for view in views])),
        "shape.attachments": math.log1p(len(message.attachments)),
        "shape.forms": math.log1p(len(message.forms)),
    }


def _count_digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
