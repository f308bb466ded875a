"""Find what only some programs show of a text: without NULs, as a page, with another base; or where it lies outside.

Thunderbird takes Content-Base and Content-Location for the base of a page's links; old Internet Explorer, which showed
the mails of its time, skipped NULs, and took for a page what looked like one; others open the address of a body that
lies outside of the mail.

Standards: RFC 2017 (URL of an external body), RFC 2046 §5.2.3, RFC 2110 §4.2 (Content-Base), RFC 2557 §4.2.
Trust: the bytes come from the mail's author.
Fails: never. Linear in the length of the text.
"""

import html
import re
from collections.abc import Iterator

from gatepost.message.ambiguity.around import TextAround
from gatepost.message.encoded_words import unfold
from gatepost.message.message import Header, Part
from gatepost.message.transfer import SAMPLE_BYTES, looks_binary

EXTERNAL, NUL, PAGE, BASE = "structure.external_body", "encoding.nul", "structure.page_as_text", "structure.base"
EXTERNAL_BODY = "message/external-body"
LOOK_CHARS = 200  # where a page begins
MAX_ADDRESS_CHARS = 2_000

_PAGE_START = re.compile(
    r"\s*+<(?:!doctype\s++html|html|head|body|meta|table|div|a|p|center|font|img)[\s>]",
    re.IGNORECASE,
)
BASES = ("content-base", "content-location")
_ADDRESS = re.compile(rb"https?:", re.IGNORECASE)


def find_other_texts(part: Part) -> Iterator[TextAround]:
    """Give each such text of one part; pages begin with a tag."""
    if part.content_type == EXTERNAL_BODY:
        if address := _read_address(part):
            yield TextAround(EXTERNAL, part.body_span, address)
    elif part.is_text:
        yield from _read_text(part)


def _read_text(part: Part) -> Iterator[TextAround]:
    text, place = part.text, part.body_span
    if holds_nuls(part):
        yield TextAround(NUL, place, _encode(text.replace("\0", "")))
    if not part.is_html and looks_like_page(part):
        yield TextAround(PAGE, place, _encode(text))
    if part.is_html and (header := find_base(part)) is not None:
        address = unfold(header.value).decode("utf-8", "replace").strip(" \t<>\"'")
        base = f'<base href="{html.escape("".join(address.split()))}">'
        yield TextAround(BASE, header.span, _encode(base + text))


def holds_nuls(part: Part) -> bool:
    """Say whether NULs stand in what is a text besides."""
    return "\0" in part.text and not looks_binary(_encode(part.text[:SAMPLE_BYTES].replace("\0", "")))


def looks_like_page(part: Part) -> bool:
    """Say whether a text begins as a page does."""
    beginning = part.text[:LOOK_CHARS]
    return "<" in beginning and _PAGE_START.match(beginning) is not None


def find_base(part: Part) -> Header | None:
    """Give the field that tells where the links of a page begin, if there is one with an address of the web."""
    headers = (part.header(name) for name in BASES)
    return next((one for one in headers if one is not None and _ADDRESS.search(one.value)), None)


def _read_address(part: Part) -> bytes:
    """Give the address of a body that lies outside: RFC 2017's, or that of a file by FTP."""
    read = part.parameters.get
    address = "".join(read("url", "").split())
    if not address and (site := read("site", "")) and "ftp" in read("access-type", "").lower():
        address = "/".join(("ftp:/", site, *filter(None, (read("directory", "").strip("/"), read("name", "")))))
    return _encode(address[:MAX_ADDRESS_CHARS])


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "replace")
