"""Where a link leads in the end: redirects, click counters and gateways that carry their target are undone.

Only what stands in the URL itself is decoded; nothing is ever fetched. Known are Safe Links, Proofpoint (v1, v2, v3),
Barracuda, Cisco, Sophos, Symantec, Trend Micro and FireEye gateways, the redirects of Google (also AMP and translated
pages), Bing, Yahoo, Facebook, LinkedIn, YouTube, Amazon SES, and any URL that stands plain, percent-encoded or in
Base64 in a path, a query or a fragment. Mimecast names the domain at most; shorteners and the sealed links of SendGrid,
LinkedIn (slink) and others cannot be undone.

Standards: RFC 3986 §2.1 (percent-encoding), RFC 4648 §5 (Base64 in URLs).
Trust: the URL comes from a mail's author.
Fails: never; what cannot be decoded is left. Bounded by MAX_HOPS and MAX_URL_CHARS.
"""

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from gatepost.message.links import find_host
from gatepost.screen.remember import remember

MAX_HOPS = 8
MAX_URL_CHARS = 8_192  # the target of a longer URL is looked for in its beginning
MAX_TOKEN_CHARS = 4_096  # of Base64 that is decoded
MAX_RIVALS = 10  # URLs beside each other in one query
MAX_ENCODINGS = 4  # each redirect encodes the next URL once more

_ESCAPES = re.compile(r"(?:%[0-9a-fA-F]{2})+")
# What a URL that carries another one holds, and in which form; folded, and begun by a literal, both are found fast.
_CARRIERS = (
    ("http", re.compile(r"https?(?::|%3a|%253a|-3a)")),
    *((word, re.compile(rf"{word}\w")) for word in ("ahr0c", "eyj")),
    *((word, re.compile(re.escape(word))) for word in ("/amp/", "ampproject", ".translate.goog", "mimecast")),
    *((word, re.compile(re.escape(word))) for word in ("=//", "=/%2f", "=%2f/", "=%2f%2f")),
)
_CARRIER_WORDS = tuple(word for word, _ in _CARRIERS)
_NAMED_WORDS = ("=http", "=//", "=/%2f", "=%2f/", "=%2f%2f")  # one stands in each target that has a name
_PARTS = re.compile(r"[a-zA-Z]+:[/\\]*[^/\\?#]*([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_PARAMETER = re.compile(
    r"(?:^|[?&;#/])([\w.$~-]{1,40})=((?:https?(?::|%3a|%253a)|(?:%2f|/){2}(?=[\w-]+\.))[^&]*)", re.IGNORECASE
)
_NO_TARGET_NAMES = (
    "foaf media text src img image imgurl icon iconurl logo logourl ref referer referrer backto xmlns body title"
)
_NO_TARGET = frozenset(_NO_TARGET_NAMES.split())  # these name a page or a picture beside the one that opens
_SHARES = re.compile(r"/(?:share|sharer|sharearticle|intent|submit|pin/create)\b", re.IGNORECASE)
_IN_PATH = re.compile(r"(?:/\*{0,2}|[=;?*])(https?:/{0,2}[^/\s][^\s]*)", re.IGNORECASE)
_MANGLED_SLASHES = re.compile(r"^(https?):/{0,3}(?=[^/])", re.IGNORECASE)
_TAIL_OF_COUNTER = re.compile(r"/\d/[0-9a-z]{16}-[\w-]{20,}.*\Z")  # Amazon SES: /L0/<target>/1/<id>/<signature>
_BASE64_URL = re.compile(r"(?<![A-Za-z0-9+])(?:a1)?(aHR0c(?:DovL|HM6Ly)[\w+/-]*)")
_BASE64_JSON = re.compile(r"(?<![\w+-])eyJ[\w+/-]{16,}")
_URL_IN_JSON = re.compile(rb'"(https?:(?:\\?/){2}[!#-~]{4,2000})')
_PROOFPOINT_2 = re.compile(r"[?&]u=([^&]+)")
_PROOFPOINT_3 = re.compile(r"/v3/__(.+?)__;([\w+/-]*)", re.DOTALL)
_PROOFPOINT_GAP = re.compile(r"\*(?:\*(.))?", re.DOTALL)
_PROOFPOINT_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_AMP = re.compile(r"/(?:amp|[civ])/(s/)?([\w-]+(?:\.[\w-]+)+(?:/.*)?)", re.DOTALL)
_MIMECAST_DOMAIN = re.compile(r"[?&]domain=([\w.-]{3,253})")


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a link: the host that passes the reader on, and the URL behind it.

    `rivals` are the hosts of other URLs that stand beside the target, so that nobody can tell which one is opened.
    """

    through: str
    target: str
    host: str  # of the target
    rivals: tuple[str, ...] = ()


def unwrap(url: str, host: str) -> tuple[Hop, ...]:
    """Give the steps behind a URL whose host is known, outermost first; usually none.

    >>> [hop.target for hop in unwrap("https://www.google.com/url?q=https%3A%2F%2Fevil.example%2Fa", "www.google.com")]
    ['https://evil.example/a']
    """
    hops: list[Hop] = []
    url = url[:MAX_URL_CHARS]
    while len(hops) < MAX_HOPS and _may_carry(url):
        targets = _find_targets(url, host)
        target = targets[0] if targets else ""
        inner = find_host(target) if target else ""
        if "." not in inner or target == url:
            break
        others = [find_host(other) for other in targets[1:MAX_RIVALS]]
        hops.append(Hop(host, target, inner, tuple(other for other in others if other not in ("", inner))))
        url, host = target, inner
    return tuple(hops)


def _may_carry(url: str) -> bool:
    low = url[8:].casefold()
    if not any(map(low.__contains__, _CARRIER_WORDS)):
        return False
    return any(form.search(low) for word, form in _CARRIERS if word in low)


def decode_percent(text: str) -> str:
    """Undo percent-encoding once; bytes that are no UTF-8 become a replacement character."""
    return _ESCAPES.sub(_decode_escapes, text) if "%" in text else text


def _decode_escapes(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "replace")


def _find_targets(url: str, host: str) -> list[str]:
    decode = _find_special(host)
    if decode is not None and (target := decode(url, host)):
        return [_complete(target)]
    parts = _PARTS.match(url)
    if parts is None or _SHARES.search(parts[1]):
        return []
    path, rest = parts[1], (parts[2] or "") + (parts[3] or "")
    if any(map(rest.casefold().__contains__, _NAMED_WORDS)):
        named = (match.groups() for match in islice(_PARAMETER.finditer(rest), MAX_RIVALS))
        if targets := [_complete(_decode_fully(value)) for name, value in named if name.lower() not in _NO_TARGET]:
            return targets
    carried = _find_carried(path, rest)
    return [carried] if carried else []


@remember(4096)
def _find_special(host: str) -> Callable[[str, str], str] | None:
    """Give the way in which a host writes its targets, None for one that does as most do."""
    return next((decode for suffix, decode in _SPECIAL.items() if f".{host}".endswith(f".{suffix}")), None)


def _find_carried(path: str, rest: str) -> str:
    """Find a URL that stands in path, query or fragment without a name."""
    if carried := _IN_PATH.search(_decode_fully(path) + rest):
        return _complete(_TAIL_OF_COUNTER.sub("", carried[1]))
    text = path + rest
    if "aHR0c" in text and (token := _BASE64_URL.search(text)):
        return _decode_base64(token[1]).decode("utf-8", "replace")
    token = _BASE64_JSON.search(text) if "eyJ" in text else None
    found = _URL_IN_JSON.search(_decode_base64(token[0])) if token else None
    return found[1].replace(b"\\/", b"/").decode("utf-8", "replace") if found else ""


def _decode_fully(text: str) -> str:
    """Undo percent-encoding until the URL stands plain; its own escapes stay as they are."""
    for _ in range(MAX_ENCODINGS):
        if "%" not in text or (_MANGLED_SLASHES.match(text) and "%2f" not in text[:12].lower()):
            break
        text = decode_percent(text)
    return text


def _complete(target: str) -> str:
    """Give a URL with the slashes that redirects leave out or swallow."""
    if target.startswith("//"):
        return f"http:{target}"
    return _MANGLED_SLASHES.sub(r"\1://", target)


def _decode_base64(token: str) -> bytes:
    token = token[:MAX_TOKEN_CHARS].replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(token[: len(token) - (len(token) % 4 == 1)] + "==")
    except ValueError:  # also of letters that no Base64 has
        return b""


def _decode_proofpoint(url: str, _: str) -> str:
    if coded := _PROOFPOINT_3.search(url):
        return _decode_proofpoint_3(coded[1], coded[2])
    if "/v2/" in url and (value := _PROOFPOINT_2.search(url)):
        return decode_percent(value[1].replace("-", "%").replace("_", "/"))
    return ""


def _decode_proofpoint_3(url: str, packed: str) -> str:
    """Put back the characters that v3 keeps apart: * stands for one, **A for two, **B for three ..."""
    removed = iter(_decode_base64(packed).decode("utf-8", "replace"))

    def fill(gap: re.Match[str]) -> str:
        count = _PROOFPOINT_RUNS.find(gap[1]) + 2 if gap[1] else 1
        return "".join(islice(removed, count))

    return _PROOFPOINT_GAP.sub(fill, url)


def _decode_amp(url: str, _: str) -> str:
    parts = _PARTS.match(url)
    page = _AMP.search(parts[1]) if parts else None
    return f"{'https' if page[1] else 'http'}://{page[2]}" if page else ""


def _decode_translated(_: str, host: str) -> str:
    name = host.removesuffix(".translate.goog").replace("--", "\0").replace("-", ".").replace("\0", "-")
    return f"https://{name}/" if "." in name else ""


def _decode_mimecast(url: str, _: str) -> str:
    domain = _MIMECAST_DOMAIN.search(url)
    return f"http://{domain[1]}/" if domain else ""


_SPECIAL: dict[str, Callable[[str, str], str]] = {
    "urldefense.com": _decode_proofpoint,
    "urldefense.us": _decode_proofpoint,
    "urldefense.proofpoint.com": _decode_proofpoint,
    "google.com": _decode_amp,
    "ampproject.org": _decode_amp,
    "translate.goog": _decode_translated,
    "mimecast.com": _decode_mimecast,
    "mimecastprotect.com": _decode_mimecast,
}
