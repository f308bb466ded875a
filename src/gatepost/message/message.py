"""The parsed mail: read-only objects with offsets into the raw bytes.

Standards: RFC 5322 (message), RFC 2045-2047 and 2231 (MIME), RFC 2183 (disposition).
Trust: everything here was written by a stranger; nothing is trusted because it parsed.
Fails: never; what is broken is told as a Defect.

Structure (headers, parts, offsets) is made by `parse_message`; decoded content, text, HTML and links are made
when first asked for and kept. All spans are places in the whole mail; inside a message that came encoded, they are
the place of the encoded body.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from gatepost.message.addresses import parse_mailboxes
from gatepost.message.charset import Text, read_text
from gatepost.message.dates import parse_date
from gatepost.message.dsn import REPORT_TYPES, find_message_id, read_report
from gatepost.message.encoded_words import decode_value, decode_words
from gatepost.message.headers import split_headers
from gatepost.message.html import find_meta_charset, read_html
from gatepost.message.large import LargeBody, find_large
from gatepost.message.links import MAX_TEXT_LINKS, find_text_links
from gatepost.message.once import made_once
from gatepost.message.parameters import NO_PARAMETERS, parse_disposition
from gatepost.message.pieces import (
    Defect,
    DeliveryReport,
    Header,
    HtmlForm,
    HtmlView,
    Link,
    LinkKind,
    Mailbox,
    RecipientReport,
)
from gatepost.message.places import Locator
from gatepost.message.source import Source
from gatepost.message.text import read_plain_text
from gatepost.message.transfer import Decoded, decode_body, is_identity, looks_binary
from gatepost.model.finding import Span

__all__ = [
    "Defect",
    "DeliveryReport",
    "Header",
    "HtmlForm",
    "HtmlView",
    "Link",
    "LinkKind",
    "Mailbox",
    "Message",
    "Part",
    "RecipientReport",
]

MAX_TEXT_BYTES = 4 * 1024 * 1024  # of one text, before it is decoded; the rest is not looked at, and a limit is told

_HTML_TYPES = frozenset({"text/html", "text/x-amp-html"})
_LISTED_TEXT_TYPES = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory"})
_HEADERS_ONLY = frozenset({"text/rfc822-headers", "message/rfc822-headers"})


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """One MIME part."""

    path: str  # "1", "1.2": position in the tree, from 1
    headers: tuple[Header, ...]
    content_type: str  # declared, in lower case; the default of RFC 2045 §5.2 where absent or unreadable
    parameters: Mapping[str, str]  # of Content-Type, decoded, names in lower case
    encoding: str  # Content-Transfer-Encoding in lower case, "" when absent
    body_span: Span  # place of the body in the whole mail
    children: tuple["Part", ...]  # of a multipart
    message: "Message | None"  # of message/rfc822, message/global
    parent_type: str  # content type of the multipart it stands in, "" for the root of a message
    buffer: bytes = field(repr=False)  # the bytes that `extent` counts in: the mail, or a decoded message in it
    extent: Span = field(repr=False)
    whole: Span = field(repr=False)  # header and body, counted as `extent` is

    @property
    def body(self) -> bytes:
        """Give the bytes of the body, not decoded."""
        return self.buffer[self.extent.start : self.extent.end]

    @property
    def content(self) -> bytes:
        """Give the body with its transfer encoding undone; what has parts of its own as it stands.

        A large one is made anew each time.
        """
        return self._decoded.content if self.large is None else self.large.read()

    @made_once
    def large(self) -> LargeBody | None:
        """Give a body that is large, so that nobody need hold its content as a whole; None for all others."""
        return find_large(self.buffer, self.extent, "" if self.children else self.encoding, is_text=self.is_text)

    @property
    def size_bytes(self) -> int:
        """Give the size of the content."""
        return len(self._decoded.content) if self.large is None else self.large.size_bytes

    def iterate_content(self) -> Iterator[bytes]:
        """Give the content; a large one a piece at a time."""
        return iter((self._decoded.content,)) if self.large is None else self.large.iterate()

    def hash_content(self) -> str:
        """Give the SHA-256 of the content, in hexadecimal digits."""
        digest = sha256()
        for piece in self.iterate_content():
            digest.update(piece)
        return digest.hexdigest()

    def read_beginning(self, most_bytes: int) -> bytes:
        """Give the first bytes of the content."""
        return self._decoded.content[:most_bytes] if self.large is None else self.large.read(most_bytes)

    @made_once
    def text(self) -> str:
        """Give the decoded text of a part that is text, as it stands: HTML with its tags; "" for other parts.

        Of a text of more than MAX_TEXT_BYTES only the beginning is read, which `defects` tells.
        """
        return self._read.text if self.is_text else ""

    @property
    def is_text(self) -> bool:
        """Say whether a client shows this as text; a multipart without parts is shown as it stands."""
        if self.children or self.message:
            return False
        return self.content_type.startswith(("text/", "multipart/")) or self.content_type in REPORT_TYPES

    @property
    def is_html(self) -> bool:
        """Say whether a client shows this as HTML."""
        return self.content_type in _HTML_TYPES

    @made_once
    def is_attachment(self) -> bool:
        """Say whether a mail client lists this part as an attachment.

        A named text that stands first is the body in spite of its name, unless its disposition says otherwise
        (RFC 8621 §4.1.4 collects what clients do).
        """
        if self.children:
            return False
        if self.disposition not in ("", "inline") or not self.is_text:
            return True
        is_first = self.path == "1" or self.path.endswith(".1")
        return self.content_type in _LISTED_TEXT_TYPES or (bool(self.filename) and not is_first)

    @property
    def disposition(self) -> str:
        """Give the Content-Disposition's token in lower case, "" when there is none."""
        return self._disposition[0]

    @made_once
    def filename(self) -> str:
        """Give the decoded file name: Content-Disposition's, else Content-Type's name, else ""."""
        return decode_words(self._disposition[1].get("filename") or self.parameters.get("name", "")).strip()

    @property
    def encoding_defect(self) -> str:
        """Give the code of what was wrong with the encoding, "" where nothing was; the part is decoded for that."""
        return self._decoded.defect if self.large is None else self.large.defect

    @property
    def charset_defect(self) -> str:
        """Give the code of what was wrong with the charset of a text, "" where nothing was."""
        return self._read.defect if self.is_text else ""

    @made_once
    def defects(self) -> tuple[Defect, ...]:
        """Give what was wrong with the encoding and the charset of this part; it is decoded for that."""
        uuencode = "text.uuencode" if self.is_text and _holds_uuencode(self.read_beginning(MAX_TEXT_BYTES)) else ""
        limit = "limit.text_size" if self.is_text and self.size_bytes > MAX_TEXT_BYTES else ""
        codes = (self.encoding_defect, self.charset_defect, uuencode, limit)
        return tuple(Defect(code, self.body_span) for code in codes if code)

    @property
    def locator(self) -> Locator:
        """Give a fresh finder of places in this part's body."""
        is_direct = is_identity(self.encoding) and self.extent == self.body_span
        return Locator(self.buffer, self.extent, self.body_span, is_direct)

    def read_edges(self, most_bytes: int) -> bytes:
        """Give the content; of a large one only its first bytes and its last ones."""
        return self._decoded.content if self.large is None else self.large.read_edges(most_bytes)

    def header(self, name: str) -> Header | None:
        """Give the first header of this name (lower case)."""
        for header in self.headers:
            if header.name == name:
                return header
        return None

    def walk(self) -> Iterator["Part"]:
        """Give this part and all below it, depth first, also those of messages inside."""
        yield self
        for child in self.children:
            yield from child.walk()
        if self.message is not None:
            yield from self.message.root.walk()

    @made_once
    def _disposition(self) -> tuple[str, Mapping[str, str]]:
        header = self.header("content-disposition")
        return ("", NO_PARAMETERS) if header is None else parse_disposition(header.value)

    @made_once
    def _decoded(self) -> Decoded:
        if self.children:
            return Decoded(self.body)
        decoded = decode_body(self.body, self.encoding)
        if decoded.defect == "encoding.base64_junk" and self.is_text and looks_binary(decoded.content):
            return Decoded(self.body, "encoding.not_base64")
        return decoded

    @made_once
    def _read(self) -> Text:
        charset = self.parameters.get("charset", "")
        content = self._read_whole_lines()
        if not charset and self.is_html:
            charset = find_meta_charset(content)
        return read_text(content, charset)

    def _read_whole_lines(self) -> bytes:
        """Give the content, or so many of its lines as are read of it: within a line a character may be cut in two."""
        content = self.read_beginning(MAX_TEXT_BYTES)
        return content if self.size_bytes <= MAX_TEXT_BYTES else content[: content.rfind(b"\n") + 1] or content


def _holds_uuencode(content: bytes) -> bool:
    if not content.startswith(b"begin 6") and b"\nbegin " not in content:
        return False
    return content.startswith(b"begin 6") or b"\nbegin 6" in content or b"\nbegin 7" in content


@dataclass(frozen=True, eq=False)
class Message:
    """One mail, or one message inside a mail; `span` is its place in the whole mail."""

    raw: bytes = field(repr=False)  # the whole mail; of a message that came encoded, its decoded bytes
    span: Span
    headers: tuple[Header, ...]
    root: Part
    structure_defects: Sequence[Defect] = field(repr=False)

    @made_once
    def defects(self) -> tuple[Defect, ...]:
        """Give every deviation in the whole mail; all parts are decoded for that."""
        found = [*self.structure_defects]
        for part in self.walk():
            found += part.defects
        for view in self.html:
            found += (Defect(code, view.span) for code in view.limits)
        for part, links in zip(self.text_parts, self._text_links, strict=True):
            if len(links) >= MAX_TEXT_LINKS:
                found.append(Defect("limit.links", part.body_span))
        return tuple(found)

    @made_once
    def knows_only_crlf(self) -> bool:
        """Say whether all line ends of the raw bytes are CRLF; the parser has counted them."""
        return b"\r\n" in self.raw and all(defect.code != "line.bare_lf" for defect in self.structure_defects)

    def all_headers(self, name: str) -> tuple[Header, ...]:
        """Give all headers of this name, in any case, in their order."""
        return tuple(self._by_name.get(name.lower(), ()))

    def header_text(self, name: str) -> str:
        """Give the first header of this name, unfolded and decoded, "" when absent."""
        found = self._by_name.get(name.lower())
        return decode_value(found[0].value) if found else ""

    @made_once
    def subject(self) -> str:
        """Give the decoded subject."""
        return self.header_text("subject")

    @made_once
    def from_(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all From headers."""
        return self._mailboxes("from")

    @made_once
    def sender(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all Sender headers."""
        return self._mailboxes("sender")

    @made_once
    def reply_to(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all Reply-To headers."""
        return self._mailboxes("reply-to")

    @made_once
    def to(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all To headers."""
        return self._mailboxes("to")

    @made_once
    def cc(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all Cc headers."""
        return self._mailboxes("cc")

    @made_once
    def message_id(self) -> str:
        """Give the Message-ID without its angle brackets."""
        return find_message_id(self.header_text("message-id"))

    @made_once
    def date(self) -> datetime | None:
        """Give the moment of the Date header, None when it is absent or unreadable."""
        return parse_date(self.header_text("date"))

    def walk(self) -> Iterator[Part]:
        """Give all parts depth first, also those of messages inside."""
        return iter(self._parts)

    @made_once
    def text_parts(self) -> tuple[Part, ...]:
        """Give the text parts other than HTML that a reader is shown, also those of messages inside."""
        return tuple(part for part in self._shown_parts if not part.is_html)

    @made_once
    def html_parts(self) -> tuple[Part, ...]:
        """Give the HTML parts that a reader is shown, also those of messages inside."""
        return tuple(part for part in self._shown_parts if part.is_html)

    @made_once
    def attachments(self) -> tuple[Part, ...]:
        """Give the parts that a mail client lists as attachments."""
        return tuple(part for part in self.walk() if part.is_attachment)

    @made_once
    def html(self) -> tuple[HtmlView, ...]:
        """Give a view of each HTML part."""
        return tuple(read_html(part.text, part.locator) for part in self.html_parts)

    @made_once
    def plain_text(self) -> str:
        """Give what a reader sees of the parts that are plain text."""
        return "\n".join(filter(None, self._plain_texts))

    @made_once
    def text(self) -> str:
        """Give what a reader sees: plain text, then the visible text of HTML."""
        return "\n".join(filter(None, (self.plain_text, *(view.text for view in self.html))))

    @made_once
    def links(self) -> tuple[Link, ...]:
        """Give the links of HTML, then those of plain text."""
        in_html = (link for view in self.html for link in view.links)
        return (*in_html, *(link for links in self._text_links for link in links))

    @made_once
    def forms(self) -> tuple[HtmlForm, ...]:
        """Give the forms of the HTML parts."""
        return tuple(form for view in self.html for form in view.forms)

    @made_once
    def report(self) -> DeliveryReport | None:
        """Give the report, when the mail is a multipart/report with a machine-readable part."""
        if self.root.content_type != "multipart/report":
            return None
        status = next((part for part in self.root.children if part.content_type in REPORT_TYPES), None)
        if status is None:
            return None
        declared = self.root.parameters.get("report-type") or status.content_type.partition("/")[2]
        return read_report(declared.lower(), status.content, self._find_returned_id())

    @made_once
    def _by_name(self) -> dict[str, list[Header]]:
        table: dict[str, list[Header]] = {}
        for header in self.headers:
            table.setdefault(header.name, []).append(header)
        return table

    @made_once
    def _parts(self) -> tuple[Part, ...]:
        return tuple(self.root.walk())

    @made_once
    def _shown_parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.walk() if part.is_text and not part.is_attachment)

    @made_once
    def _plain_texts(self) -> tuple[str, ...]:
        return tuple(read_plain_text(part.text, part.parameters) for part in self.text_parts)

    @made_once
    def _text_links(self) -> tuple[tuple[Link, ...], ...]:
        texts = zip(self.text_parts, self._plain_texts, strict=True)
        return tuple(tuple(find_text_links(text, part.locator)) for part, text in texts)

    def _mailboxes(self, name: str) -> tuple[Mailbox, ...]:
        return tuple(mailbox for header in self.all_headers(name) for mailbox in parse_mailboxes(header))

    def _find_returned_id(self) -> str:
        for part in self.root.children:
            if part.message is not None:
                return part.message.message_id
            if part.content_type in _HEADERS_ONLY:
                content = part.content
                headers, _ = split_headers(Source(content, content), 0, len(content))
                found = (decode_value(header.value) for header in headers if header.name == "message-id")
                return find_message_id(next(found, ""))
        return ""
