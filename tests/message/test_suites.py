"""Other people's suites, read in place: where they hold expected values we agree, or say why not.

Expected values: stalwartlabs/mail-parser (53 mails with JSON, 60 address headers), mox (7 From headers),
twitter-text (91 texts with URLs), WHATWG URL tests (through ada).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gatepost.message.addresses import parse_mailboxes
from gatepost.message.links import find_host, find_text_links
from gatepost.message.message import Header, Mailbox, Message, Part
from gatepost.message.parse import parse_message
from gatepost.message.places import Locator
from gatepost.model.finding import Span
from paths import SHARED, needs_shared

Lists = tuple[list[int] | None, list[int] | None]

SUITES = SHARED / "suites"
MIME = SUITES / "mime-parsing"
JUDGED = sorted(path.relative_to(MIME / "mail-parser") for path in MIME.glob("mail-parser/*/*.eml"))
UNJUDGED = sorted(
    path.relative_to(MIME)
    for folder in ("mimekit", "ruby-mail", "cpython", "flanker")
    for path in MIME.glob(f"{folder}/**/*")
    if path.is_file()
)

OUTER_WINS = "an outer boundary ends an inner multipart (RFC 2046 §5.1.2); mail-parser lets the innermost win"
EXACT = "a delimiter line is the boundary and blanks; mail-parser takes a prefix for it, too"
# what differs (parts: number and nesting, bodies, headers, subject, from, lists: which are text, HTML, attachments)
DIFFERENCES = {
    "malformed/000": (
        "parts lists",
        "headers that end at a boundary make a part; mail-parser drops the whole multipart",
    ),
    "malformed/001": ("parts bodies lists", OUTER_WINS),
    "malformed/003": ("parts lists", "nested multiparts of one boundary: " + OUTER_WINS),
    "malformed/004": ("parts lists", EXACT),
    "malformed/005": ("parts lists", OUTER_WINS),
    "malformed/006": ("lists", "the text of a multipart that nothing ends is shown, not attached"),
    "malformed/007": ("parts headers lists", EXACT),
    "malformed/008": ("parts lists", EXACT),
    "malformed/009": ("parts bodies lists", OUTER_WINS),
    "malformed/011": ("parts bodies lists", OUTER_WINS),
    "malformed/012": ("parts bodies lists", OUTER_WINS),
    "malformed/013": ("parts lists", "nested multiparts of one boundary: " + OUTER_WINS),
    "malformed/016": ("parts bodies lists", OUTER_WINS),
    "malformed/017": ("lists", "an image alone is shown; mail-parser lists it as shown and attached"),
    "malformed/019": ("parts bodies lists", OUTER_WINS),
    "malformed/020": (
        "parts bodies headers lists",
        "of two Content-Types the first counts; mail-parser takes the last",
    ),
    "malformed/021": (
        "parts bodies headers lists",
        "of two Content-Types the first counts; mail-parser takes the last",
    ),
    "malformed/022": ("bodies", "an attached mail without headers is still a mail, its text the body"),
    "rfc/000": ("bodies lists", "junk for base64 in an image stays what it decodes to; audio and images are shown"),
    "rfc/002": (
        "from lists",
        "a comment is no part of a display name beside it; an image that is shown is not attached, too",
    ),
    "thirdparty/002": (
        "bodies lists",
        "base64 goes on behind padding, as some clients read on: what they show is screened",
    ),
    "thirdparty/005": ("bodies", "a delimiter stands at the beginning of a line (RFC 2046 §5.1.1)"),
    "thirdparty/013": ("lists", "images, audio and video that are shown are not attached, too"),
    "thirdparty/015": ("parts bodies headers subject from lists", OUTER_WINS),
}


def read_judged(path: Path) -> tuple[Message, dict[str, Any]]:
    """Give our reading and theirs; theirs was made from the same mails with LF."""
    raw = (MIME / "mail-parser" / path).read_bytes().replace(b"\r\n", b"\n")
    return parse_message(raw), json.loads((MIME / "mail-parser" / path).with_suffix(".json").read_text("utf-8"))


def number_parts(part: Part) -> Iterator[Part]:
    """Give the parts in mail-parser's order: depth first, an attached mail is one part."""
    yield part
    for child in part.children:
        yield from number_parts(child)


def find_differences(ours: Message, theirs: dict[str, Any]) -> Iterator[str]:
    parts = list(number_parts(ours.root))
    if [count_children(part) for part in parts] != [len(get_body(part, "Multipart") or ()) for part in theirs["parts"]]:
        yield "parts"
    for part, expected in zip(parts, theirs["parts"], strict=False):
        yield from compare_part(part, expected)
    names = {name_of(header): header["value"] for header in reversed(theirs["parts"][0]["headers"]) if header["value"]}
    if "subject" in names and ours.subject != ("" if names["subject"] == "Empty" else names["subject"]["Text"]):
        yield "subject"
    for name, mailboxes in (("from", ours.from_), ("to", ours.to)):
        if name in names and [(each.display_name, each.address) for each in mailboxes] != read_addresses(names[name]):
            yield "from"
    if list_bodies(ours.root) != (theirs["text_body"], theirs["html_body"], theirs["attachments"]):
        yield "lists"


def compare_part(part: Part, expected: dict[str, Any]) -> Iterator[str]:
    text = get_body(expected, "Text", "Html")
    data = get_body(expected, "Binary", "InlineBinary")
    nested = get_body(expected, "Message")
    if (text is not None and part.text != text) or (data is not None and part.content != bytes(data)):
        yield "bodies"
    if nested is not None:
        yield from ("bodies",) if part.message is None else find_differences(part.message, nested)
    fields = [(name_of(header), header["offset_field"]) for header in expected["headers"]]
    is_encoded = part.extent != part.body_span  # then our places are those of the encoded body
    ours = [(header.name, header.span.start) for header in part.headers]
    if ([name for name, _ in ours], is_encoded or ours) != ([name for name, _ in fields], is_encoded or fields):
        yield "headers"


def name_of(header: dict[str, Any]) -> str:
    name = header["name"]
    return str(name["other"] if isinstance(name, dict) else name).replace("_", "-").lower()


def count_children(part: Part) -> int:
    return len(part.children)


def get_body(part: dict[str, Any], *kinds: str) -> Any:
    body = part["body"]
    return next((body[kind] for kind in kinds if kind in body), None) if isinstance(body, dict) else None


def read_addresses(value: dict[str, Any]) -> list[tuple[str, str]]:
    address = value["Address"]
    found = address.get("List") or [each for group in address.get("Group", ()) for each in group["addresses"]]
    return [(each["name"] or "", each["address"] or "") for each in found]


@dataclass
class BodyLists:
    """Sorts the parts into text, HTML and attachments as RFC 8621 §4.1.4 does; None: that list takes no more."""

    numbers: dict[int, int]
    attached: list[int] = field(default_factory=list)

    def sort(self, parts: tuple[Part, ...], kind: str, lists: Lists, *, in_alternative: bool) -> None:
        before = [len(each or ()) for each in lists]
        for index, part in enumerate(parts):
            if part.children:
                sub = part.content_type.partition("/")[2]
                self.sort(part.children, sub, lists, in_alternative=in_alternative or sub == "alternative")
            elif not is_shown(part, kind, index):
                self.attached.append(self.numbers[id(part)])
            elif kind == "alternative":
                self.add(part, lists[part.content_type == "text/html"] if not is_media(part) else self.attached)
            else:
                if in_alternative:
                    lists = (lists[0], None) if part.content_type == "text/plain" else lists
                    lists = (None, lists[1]) if part.content_type == "text/html" else lists
                self.add(part, *lists, self.attached if is_media(part) and None in lists else None)
        if kind == "alternative":
            share_single(lists, before)

    def add(self, part: Part, *lists: list[int] | None) -> None:
        for chosen in lists:
            if chosen is not None:
                chosen.append(self.numbers[id(part)])


def is_media(part: Part) -> bool:
    return part.content_type.startswith(("image/", "audio/", "video/"))


def is_shown(part: Part, kind: str, index: int) -> bool:
    if part.disposition == "attachment" or not (is_media(part) or part.content_type in ("text/plain", "text/html")):
        return False
    return index == 0 or (kind != "related" and (is_media(part) or not part.filename))


def share_single(lists: Lists, before: list[int]) -> None:
    """Of an alternative that had only one kind, that kind stands for both."""
    text, html = lists
    if text is None or html is None:
        return
    new_text, new_html = text[before[0] :], html[before[1] :]
    text += new_html if not new_text else []
    html += new_text if not new_html else []


def list_bodies(root: Part) -> tuple[list[int], list[int], list[int]]:
    lists: tuple[list[int], list[int]] = ([], [])
    sorter = BodyLists({id(part): number for number, part in enumerate(number_parts(root))})
    sorter.sort((root,), "mixed", lists, in_alternative=False)
    return (*lists, sorter.attached)


@needs_shared
@pytest.mark.parametrize("path", JUDGED, ids=str)
def test_mail_parser_and_we_read_the_same_or_we_say_why_not(path: Path) -> None:
    differences = set(find_differences(*read_judged(path)))
    assert differences == set(DIFFERENCES.get(str(path.with_suffix("")), ("", ""))[0].split())


@needs_shared
@pytest.mark.parametrize("path", UNJUDGED, ids=str)
def test_every_mail_of_the_suites_is_read_whole(path: Path) -> None:
    message = parse_message((MIME / path).read_bytes())
    assert isinstance(message.text, str)
    assert all(isinstance(link.target, str) for link in message.links)
    assert all(part.content is not None for part in message.walk())


@needs_shared
def test_all_suites_are_there() -> None:
    assert len(JUDGED) + len(UNJUDGED) == 244


ADDRESS_DIFFERENCES = {
    "Pete(A nice": "comments are not part of a display name that stands beside them",
    "A Group(Some people)": "comments are not part of a display name that stands beside them",
    "Name (comment)": "comments are not part of a display name that stands beside them",
    "Nathaniel Borenstein": "comments are not part of a display name that stands beside them",
    "John Doe <jdoe@machine(comment)": "blanks around dots are folding, not address (RFC 5322 §4.4)",
    "Mary Smith <@node.test:": "a route is no part of the address (RFC 5322 §4.4)",
    "test@test.com\ninvalid": "two lines: a header value ends where the next line does not begin with a blank",
    '"=?ISO-8859-1?Q =?': "two lines: a header value ends where the next line does not begin with a blank",
    '"  James Smythe"': "blanks at the ends of a display name are not kept",
}


def read_mailboxes(value: str) -> tuple[Mailbox, ...]:
    return parse_mailboxes(Header("from", value.encode(), Span(0, 0)))


@needs_shared
def test_address_headers_agree_with_mail_parser_but_for_a_few_named_ones() -> None:
    cases = json.loads((SUITES / "addresses" / "mail-parser-address.json").read_text("utf-8"))
    differing = [
        case["header"]
        for case in cases
        if [(each.display_name, each.address) for each in read_mailboxes(case["header"])]
        != read_addresses({"Address": case["expected"]})
    ]
    assert [value for value in differing if not value.startswith(tuple(ADDRESS_DIFFERENCES))] == []
    assert [start for start in ADDRESS_DIFFERENCES if not any(value.startswith(start) for value in differing)] == []


@needs_shared
def test_a_single_author_is_found_exactly_where_mox_finds_one() -> None:
    cases = json.loads((SUITES / "addresses" / "mox-from.json").read_text("utf-8"))
    for case in cases:
        message = parse_message(case["headers"].encode() + b"\n")
        authors = message.from_ if len(message.all_headers("from")) == 1 else ()
        assert (authors[0].address if len(authors) == 1 else None) == case["address"]


@needs_shared
@pytest.mark.parametrize("kind", ["mailbox_valid", "abridged_localpart_valid"])
def test_valid_mailboxes_of_flanker_are_read_as_one_address(kind: str) -> None:
    lines = (SUITES / "addresses" / "flanker" / f"{kind}.txt").read_text("utf-8").splitlines()
    for line in filter(None, lines):
        if line.startswith("#"):
            continue
        address = f"{line}@example.com" if kind.startswith("abridged") else line
        assert [each.address.count("@") > 0 for each in read_mailboxes(address)] == [True], line


NOT_SO_STRICT = "with a scheme, clients link whatever a browser would open"
URL_DIFFERENCES = {
    "DO NOT extract invalid URL: http://no-tld": NOT_SO_STRICT,
    "DO NOT extract invalid URL: http://tld-too-short.x": NOT_SO_STRICT,
    "DO NOT Extract a hyphenated TLD": NOT_SO_STRICT,
    "DO NOT Extract URL with domain preceeded by underscore": NOT_SO_STRICT,
    "DO NOT extract URLs containing leading": NOT_SO_STRICT,
    "DO NOT extract URLs containing trailing": NOT_SO_STRICT,
    "DO NOT extract URLs containing underscores": NOT_SO_STRICT,
    "Extract non-ASCII host name URLs with protocol, but ignore": NOT_SO_STRICT,
    "Extract URLs without protocol not on": "clients link whatever begins with www.",
    "Extract short URLs without protocol on ccTLD domains without path": "`it.so` may be two words",
    "Extract URL before newline": "`it.so` may be two words",
    "Extract domain followed by Japanese characters": "an IDN suffix needs a scheme: clients do not link it",
    "Extract a t.co URL with a trailing hyphen": "a rule of Twitter's own shortener",
    "DO NOT extract URLs with > 40 characters in a t.co slug": "a rule of Twitter's own shortener",
}


@needs_shared
def test_urls_in_text_agree_with_twitter_but_for_named_kinds() -> None:
    text = (SUITES / "url-in-text-twitter" / "extract.yml").read_text("utf-8")
    section = re.search(r"^  urls:\n(.*?)^  \w+:", text, re.DOTALL | re.MULTILINE)
    assert section
    quoted = r'"(?:[^"\\]|\\.)*"'
    cases = re.findall(rf"description: ({quoted})\s+text: ({quoted})\s+expected: (\[.*\])", section[1])
    assert len(cases) == 91
    differing = []
    for description, tweet, expected in (map(json.loads, case) for case in cases):
        found = find_text_links(tweet, Locator(b"", Span(0, 0), Span(0, 0), is_direct=False))
        if sorted(link.shown for link in found) != sorted(expected):
            differing.append(description)
    assert [each for each in differing if not each.startswith(tuple(URL_DIFFERENCES))] == []
    assert [start for start in URL_DIFFERENCES if not any(each.startswith(start) for each in differing)] == []


@needs_shared
def test_hosts_are_those_that_a_browser_sees() -> None:
    cases = json.loads((SUITES / "url-whatwg" / "urltestdata.json").read_text("utf-8"))
    web = [
        case
        for case in cases
        if isinstance(case, dict) and case.get("protocol") in ("http:", "https:", "ftp:", "ws:", "wss:")
    ]
    assert len(web) > 250
    for case in web:
        base = "" if case["base"] in (None, "about:blank") else case["base"]
        assert find_host(case["input"], base) == case["hostname"], case["input"]
