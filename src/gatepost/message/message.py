"""The parsed mail: read-only objects with offsets into the raw bytes.

Standards: RFC 5322 (message), RFC 2045-2047 and 2231 (MIME).
Trust: everything here was written by a stranger; nothing is trusted because it parsed.
Fails: never; what is broken is told as a Defect.

Structure (headers, parts, offsets) is made by `parse_message`; decoded content, text, HTML and links are made
when first asked for and kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from gatepost.message.addresses import parse_mailboxes
from gatepost.message.charset import decode_text
from gatepost.message.dates import parse_date
from gatepost.message.dsn import read_report
from gatepost.message.encoded_words import decode_value, decode_words
from gatepost.message.html import find_meta_charset, read_html
from gatepost.message.links import find_text_links
from gatepost.message.parameters import parse_parameters, split_token
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
from gatepost.message.transfer import decode_body
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


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """One MIME part. `extent` and `buffer` say where its body stands; `body_span` is its place in the whole mail."""

    path: str
    headers: tuple[Header, ...]
    content_type: str
    parameters: Mapping[str, str]
    encoding: str
    body_span: Span
    children: tuple["Part", ...]
    message: "Message | None"
    parent_type: str
    buffer: bytes = field(repr=False)
    extent: Span

    def header(self, name: str) -> Header | None:
        """Give the first header of this name (lower case)."""
        return next((header for header in self.headers if header.name == name), None)

    @cached_property
    def _disposition(self) -> tuple[str, Mapping[str, str]]:
        header = self.header("content-disposition")
        if header is None:
            return "", {}
        token, tail = split_token(header.value)
        return token, parse_parameters(tail)

    @property
    def disposition(self) -> str:
        """Give the Content-Disposition's token in lower case, "" when there is none."""
        return self._disposition[0]

    @cached_property
    def filename(self) -> str:
        """Give the decoded file name: Content-Disposition's, else Content-Type's name, else ""."""
        return decode_words(self._disposition[1].get("filename") or self.parameters.get("name", "")).strip()

    @property
    def body(self) -> bytes:
        """Give the raw bytes of the body, not decoded."""
        return self.buffer[self.extent.start : self.extent.end]

    @cached_property
    def content(self) -> bytes:
        """Give the body with its transfer encoding undone; multiparts and messages as they are."""
        return self.body if self.children else decode_body(self.body, self.encoding)

    @property
    def is_text(self) -> bool:
        """Say whether the body is text that a client would show as such."""
        if self.children:
            return False
        return self.content_type.startswith(("text/", "multipart/"))

    @cached_property
    def text(self) -> str:
        """Give the body as text, "" for a part that is none."""
        if not self.is_text:
            return ""
        charset = self.parameters.get("charset", "")
        if not charset and self.content_type == "text/html":
            charset = find_meta_charset(self.content)
        return decode_text(self.content, charset)

    @cached_property
    def is_attachment(self) -> bool:
        """Say whether a mail client would list this part as an attachment."""
        if self.children or self.content_type.startswith("multipart/"):
            return False
        if self.disposition == "attachment" or not self.is_text:
            return True
        return bool(self.filename) or self.content_type in ("text/calendar", "text/vcard", "text/x-vcard")

    def walk(self) -> Iterator["Part"]:
        """Give this part and all below it, depth first, also those of messages inside."""
        yield self
        for child in self.children:
            yield from child.walk()
        if self.message is not None:
            yield from self.message.root.walk()


@dataclass(frozen=True, eq=False)
class Message:
    """One mail, or one message inside a mail; `span` is its place in the whole mail."""

    raw: bytes = field(repr=False)
    span: Span
    headers: tuple[Header, ...]
    root: Part
    _defects: Sequence[Defect] = field(repr=False)

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Give every deviation found so far."""
        return tuple(self._defects)

    @cached_property
    def _by_name(self) -> dict[str, tuple[Header, ...]]:
        table: dict[str, tuple[Header, ...]] = {}
        for header in self.headers:
            table[header.name] = (*table.get(header.name, ()), header)
        return table

    def all_headers(self, name: str) -> tuple[Header, ...]:
        """Give all headers of this name, in any case, in their order."""
        return self._by_name.get(name.lower(), ())

    def header_text(self, name: str) -> str:
        """Give the first header of this name, unfolded and decoded, "" when absent."""
        found = self.all_headers(name)
        return decode_value(found[0].value) if found else ""

    def _mailboxes(self, name: str) -> tuple[Mailbox, ...]:
        return tuple(mailbox for header in self.all_headers(name) for mailbox in parse_mailboxes(header))

    @cached_property
    def subject(self) -> str:
        """Give the decoded subject."""
        return self.header_text("subject")

    @cached_property
    def from_(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all From headers."""
        return self._mailboxes("from")

    @cached_property
    def sender(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all Sender headers."""
        return self._mailboxes("sender")

    @cached_property
    def reply_to(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all Reply-To headers."""
        return self._mailboxes("reply-to")

    @cached_property
    def to(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all To headers."""
        return self._mailboxes("to")

    @cached_property
    def cc(self) -> tuple[Mailbox, ...]:
        """Give the mailboxes of all Cc headers."""
        return self._mailboxes("cc")

    @cached_property
    def message_id(self) -> str:
        """Give the Message-ID without its angle brackets."""
        text = self.header_text("message-id")
        _, opened, tail = text.partition("<")
        return (tail.partition(">")[0] if opened else text).strip()

    @cached_property
    def date(self) -> datetime | None:
        """Give the moment of the Date header, None when it is absent or unreadable."""
        return parse_date(self.header_text("date"))

    def walk(self) -> Iterator[Part]:
        """Give all parts depth first, also those of messages inside."""
        return self.root.walk()

    @cached_property
    def text_parts(self) -> tuple[Part, ...]:
        """Give the text parts other than HTML that a reader is shown."""
        return tuple(
            part for part in self.walk() if part.is_text and not part.is_attachment and part.content_type != "text/html"
        )

    @cached_property
    def html_parts(self) -> tuple[Part, ...]:
        """Give the HTML parts that a reader is shown."""
        return tuple(part for part in self.walk() if part.content_type == "text/html" and not part.is_attachment)

    @cached_property
    def attachments(self) -> tuple[Part, ...]:
        """Give the parts that a mail client lists as attachments."""
        return tuple(part for part in self.walk() if part.is_attachment)

    @cached_property
    def html(self) -> tuple[HtmlView, ...]:
        """Give a view of each HTML part."""
        return tuple(read_html(part.text, part.body_span) for part in self.html_parts)

    @cached_property
    def text(self) -> str:
        """Give what a reader sees: plain text and the visible text of HTML."""
        pieces = [part.text for part in self.text_parts] + [view.text for view in self.html]
        return "\n".join(piece for piece in pieces if piece)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Give the links of HTML and of plain text."""
        found = [link for view in self.html for link in view.links]
        for part in self.text_parts:
            found += find_text_links(part.text, part.body_span)
        return tuple(found)

    @cached_property
    def forms(self) -> tuple[HtmlForm, ...]:
        """Give the forms of the HTML parts."""
        return tuple(form for view in self.html for form in view.forms)

    @cached_property
    def report(self) -> DeliveryReport | None:
        """Give the delivery report, when the mail is a multipart/report."""
        return read_report(self.root)
