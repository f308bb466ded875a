"""What is gathered from the tags of an HTML tree: links, forms, images, scripts.

Standards: WHATWG HTML §4 (which attributes hold URLs).
Trust: the tags come from the mail's author.
Fails: never; above MAX_HTML_LINKS a limit is told.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from gatepost.message.html_sight import Attributes
from gatepost.message.links import clean_target, find_base, find_host, find_shown_host
from gatepost.message.pieces import HtmlForm, Link, LinkKind
from gatepost.message.places import Locator
from gatepost.model.finding import Span

MAX_HTML_LINKS = 5_000
MAX_FORMS = 200
MAX_FIELD_NAMES = 200
MAX_FRAMES = 20
MAX_SIDE_PX = 10_000
MAX_AREA_PX = 100_000_000
TINY_PX = 3

_PX = re.compile(r"\s*+([0-9]{1,5})\s*+(?:px)?\s*+\Z", re.ASCII | re.IGNORECASE)
_REFRESH_URL = re.compile(r"url\s*=\s*[\"']?([^\"']*)", re.IGNORECASE)
_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]{1,2000})", re.IGNORECASE)
_SRCSET_URL = re.compile(r"(?:^|,)\s*+([^\s,]\S*)")
_BACKGROUND = frozenset({"background"})  # of any other element
_IDLE_NAMES = (
    "align alt aria-hidden aria-label bgcolor border cellpadding cellspacing charset class color colspan content"
    " data-end data-start dir face height href hspace http-equiv id lang media name nowrap rel role rowspan size style"
    " target text title type valign vspace width xmlns"
)
IDLE = frozenset(_IDLE_NAMES.split())  # attributes that hold no link, where the element opens no resource itself
RESOURCES: Mapping[str, frozenset[str]] = {
    "audio": frozenset({"src"}),
    "embed": frozenset({"src"}),
    "frame": frozenset({"src"}),
    "iframe": frozenset({"src"}),
    "image": frozenset({"href", "xlink:href"}),
    "img": frozenset({"src"}),
    "link": frozenset({"href"}),
    "object": frozenset({"data"}),
    "script": frozenset({"src"}),
    "source": frozenset({"src"}),
    "track": frozenset({"src"}),
    "video": frozenset({"src", "poster"}),
}
_FRAMES = frozenset(("embed", "frame", "iframe", "object"))
_SITE = re.compile(r"(?:https?:)?[/\\]{2}", re.IGNORECASE)
_SILENT_TYPES = frozenset(("hidden", "submit", "button", "reset", "image"))  # nothing to type or choose


@dataclass(slots=True)
class _Form:
    action: str
    span: Span
    has_password_field: bool = False
    field_names: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Harvest:
    """Grows while the tree is read in document order."""

    locator: Locator
    links: list[Link] = field(default_factory=list)
    title: str = ""
    base_url: str = ""
    has_base: bool = False
    image_count: int = 0
    tiny_image_count: int = 0
    image_area_px: int = 0
    script_count: int = 0
    has_meta_refresh: bool = False
    has_too_many_links: bool = False
    frames: list[str] = field(default_factory=list)
    _forms: list[_Form] = field(default_factory=list)
    _current_form: _Form | None = None

    @property
    def forms(self) -> tuple[HtmlForm, ...]:
        """Give the forms so far."""
        return tuple(
            HtmlForm(form.action, form.has_password_field, tuple(form.field_names), form.span) for form in self._forms
        )

    def add_link(self, kind: LinkKind, url: str, shown: str = "", span: Span | None = None) -> None:
        """Take in one link; an empty URL is none."""
        if not url:
            return
        if len(self.links) >= MAX_HTML_LINKS:
            self.has_too_many_links = True
            return
        target = clean_target(url)
        shown_host = find_shown_host(shown) if shown else ""
        place = span or self.locator.find(url)
        self.links.append(Link(kind, target, find_host(target, self.base_url), shown, shown_host, place))
        if target[:11].lower() == "javascript:":
            self.script_count += 1

    def read_attributes(self, tag: str, attributes: Attributes) -> None:
        """Take in what any element may carry."""
        resources = RESOURCES.get(tag, _BACKGROUND)
        if resources is _BACKGROUND and attributes.keys() <= IDLE and "(" not in (attributes.get("style") or ""):
            return
        for name, value in attributes.items():
            if name in resources:
                self._add_resource(tag, value or "")
            elif name == "style":
                self._add_style_urls(value or "")
            elif name in IDLE:
                continue
            elif name == "formaction":
                self.add_link(LinkKind.FORM, value or "")
            elif name[:2] == "on":
                self.script_count += 1

    def _add_resource(self, tag: str, url: str) -> None:
        self.add_link(LinkKind.RESOURCE, url)
        if tag in _FRAMES and _SITE.match(target := clean_target(url)) and len(self.frames) < MAX_FRAMES:
            self.frames.append(target)

    def _add_style_urls(self, style: str) -> None:
        for match in _CSS_URL.finditer(style) if "(" in style else ():
            self.add_link(LinkKind.RESOURCE, match[1])

    def read_form(self, node: LexborNode, attributes: Attributes) -> Callable[[], None] | None:
        """Open a form; give what closes it.

        In `<table><form><tr>` the tree has the fields beside an empty form, and browsers count them in all the same:
        an empty form stays open until the next one.
        """
        action = attributes.get("action") or ""
        if len(self._forms) >= MAX_FORMS:
            return None
        form = self._current_form = _Form(clean_target(action), self.locator.find(action))
        self._forms.append(form)
        self.add_link(LinkKind.FORM, action, span=form.span)
        return self._close_form if node.first_child is not None else None

    def _close_form(self) -> None:
        self._current_form = None

    def read_field(self, node: LexborNode, attributes: Attributes) -> None:
        """Take in an input, select or textarea; one outside any form opens a form without action."""
        kind = (attributes.get("type") or node.tag or "").lower()
        if kind == "image":
            self.add_link(LinkKind.RESOURCE, attributes.get("src") or "")
        if kind in _SILENT_TYPES:
            return
        if self._current_form is None:
            self._current_form = _Form("", self.locator.place)
            self._forms.append(self._current_form)
        form = self._current_form
        form.has_password_field = form.has_password_field or kind == "password"
        if len(form.field_names) < MAX_FIELD_NAMES:
            form.field_names.append(attributes.get("name") or kind)

    def read_image(self, _: LexborNode, attributes: Attributes) -> None:
        """Count an image, measure it as far as it states its size, and take in its further sources."""
        self.image_count += 1
        width, height = _read_px(attributes.get("width")), _read_px(attributes.get("height"))
        if width is not None and height is not None:
            self.image_area_px = min(MAX_AREA_PX, self.image_area_px + width * height)
            self.tiny_image_count += width <= TINY_PX and height <= TINY_PX
        if srcset := attributes.get("srcset"):
            for match in _SRCSET_URL.finditer(srcset):
                self.add_link(LinkKind.RESOURCE, match[1].rstrip(","))

    def read_meta(self, _: LexborNode, attributes: Attributes) -> None:
        """Take in where a page leads by itself."""
        if (attributes.get("http-equiv") or "").strip().lower() == "refresh":
            self.has_meta_refresh = True
            if match := _REFRESH_URL.search(attributes.get("content") or ""):
                self.add_link(LinkKind.REFRESH, match[1])

    def read_base(self, _: LexborNode, attributes: Attributes) -> None:
        """Take in the first base: relative URLs are resolved with it (HTML, "document base URL")."""
        if not self.has_base and "href" in attributes:
            self.has_base, self.base_url = True, find_base(clean_target(attributes["href"] or ""))

    def read_title(self, node: LexborNode, _: Attributes) -> None:
        """Take in the first title."""
        self.title = self.title or " ".join(node.text().split())

    def read_script(self, _: LexborNode, __: Attributes) -> None:
        """Count a script element."""
        self.script_count += 1


def _read_px(value: str | None) -> int | None:
    match = _PX.match(value) if value else None
    return min(int(match[1]), MAX_SIDE_PX) if match else None
