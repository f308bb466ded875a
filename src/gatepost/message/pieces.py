"""The small values a parsed mail is made of.

Trust: everything here was written by a stranger; nothing is trusted because it parsed.
"""

import enum
from dataclasses import dataclass

from gatepost.model.finding import Span


@dataclass(frozen=True, slots=True)
class Defect:
    """One deviation from the standards: a stable `code` such as `header.no_colon`, and its place."""

    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class Header:
    """One header field: `name` in lower case, `value` raw bytes after the colon (folding kept), places in raw."""

    name: str
    value: bytes
    span: Span  # the whole field with its line end


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address of an address header: display name decoded, address as written (may be malformed or "")."""

    display_name: str
    address: str
    span: Span  # of the header it stands in

    @property
    def domain(self) -> str:
        """Give what stands behind the last @ in lower case, "" when there is none."""
        return self.address.rpartition("@")[2].strip().rstrip(".").lower() if "@" in self.address else ""


class LinkKind(enum.StrEnum):
    """Where a link stands."""

    ANCHOR = "anchor"  # <a href>, <area href>
    FORM = "form"  # <form action>, formaction
    RESOURCE = "resource"  # <img src>, <link href>, <iframe src>, CSS url() ...
    REFRESH = "refresh"  # <meta http-equiv=refresh>
    TEXT = "text"  # a URL in plain text


@dataclass(frozen=True, slots=True)
class Link:
    """One link: what the reader sees and where a browser would go.

    `target` is the URL as written (entities decoded, whitespace as browsers treat it); `target_host` is the host
    that a browser would contact (WHATWG, A-labels, lower case; "" when there is none); `shown` is the visible text;
    `shown_host` is the host that the visible text names when it looks like a URL or a domain, else "".
    """

    kind: LinkKind
    target: str
    target_host: str
    shown: str
    shown_host: str
    span: Span  # the link's own place where the body is not encoded, otherwise the place of the part's body


@dataclass(frozen=True, slots=True)
class HtmlForm:
    """One form (or loose input fields outside any form: then `action` is "")."""

    action: str
    has_password_field: bool
    field_names: tuple[str, ...]  # name or type of each visible input, textarea, select
    span: Span


@dataclass(frozen=True, slots=True)
class HtmlView:
    """One HTML part as a reader and as a machine sees it."""

    text: str  # what a reader sees, a line for each block
    hidden_text: str  # what stands in the source but is not shown: display:none, zero size and the like
    title: str
    links: tuple[Link, ...]
    forms: tuple[HtmlForm, ...]
    image_count: int
    script_count: int  # <script> elements, javascript: links and on... handlers
    has_meta_refresh: bool
    base_url: str  # of <base href>, "" when there is none
    limits: tuple[str, ...]  # the defect codes of the limits that were met: then not all is as a browser sees it
    span: Span  # of the part's body
    depth: int = 0  # of the deepest element
    split_word_count: int = 0  # words in which something stands that is not shown: a comment, a hidden element
    faint_text: str = ""  # what is shown in the colour of its ground, white on white above all; also part of `text`
    tiny_image_count: int = 0  # of hardly a pixel: they tell the sender that the mail was opened
    image_area_px: int = 0  # of the images that state their size
    frames: tuple[str, ...] = ()  # the sites that the page shows within itself, the first of them


@dataclass(frozen=True, slots=True)
class RecipientReport:
    """What a delivery report says about one recipient (RFC 3464 §2.3)."""

    final_recipient: str
    original_recipient: str
    action: str  # failed, delayed, delivered, relayed, expanded
    status: str  # enhanced status code, "5.1.1"
    diagnostic: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A multipart/report: what it reports on, and the returned message when there is one."""

    report_type: str  # delivery-status, disposition-notification, feedback-report ...
    reporting_mta: str
    recipients: tuple[RecipientReport, ...]
    returned_message_id: str  # of the message reported on, "" when it is not returned
