"""Go through all objects of a PDF, whether anything refers to them or not, and have the observer note what they do.

Standards: ISO 32000-1 §7.7 (document structure).
Trust: the objects come from a stranger; they may refer to each other in circles, or be millions.
Fails: never for a damaged object, it is passed over; past MAX_VALUES the rest is not looked at, and that is told.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from types import MappingProxyType

import pikepdf

from gatepost.message.attachments.pdf.actions import ACTION_KINDS, ELSEWHERE, Observer, read_script, read_text
from gatepost.message.attachments.pdf.streams import read_filters, read_name
from gatepost.model.contents import LinkSource, Opening

MAX_VALUES = 60_000  # dictionaries and arrays
MAX_DEPTH = 30
MAX_HONEST_FILTERS = 2  # one that packs, and one that makes letters of the bytes
MAX_XFA_CHARS = 1024 * 1024
MAX_XFA_PIECES = 100
MAX_XFA_SCRIPTS = 200
_CONTAINERS = (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)
_PASSED_BY = frozenset(("/Widths", "/W", "/Rect", "/BBox", "/Matrix", "/Border", "/QuadPoints", "/D", "/Dests"))
_DAMAGES = (pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, OverflowError, NotImplementedError)
_ACTED_ON = frozenset(("/A", "/AA", "/OpenAction", "/JavaScript"))
_XFA_SCRIPT = re.compile(r"<script\b[^<>]{0,500}>([^<]{1,20000})")
_XFA_TARGET = re.compile(r"<submit\b[^<>]{0,500}?\starget\s*=\s*[\"']([^\"'<>]{1,2000})")


def walk_objects(pdf: pikepdf.Pdf, observer: Observer) -> None:
    """Look at the catalog first, then at every object, last at actions that nothing seems to set off."""
    read_catalog(pdf.Root, observer)
    loose: list[pikepdf.Object] = []
    left = MAX_VALUES
    for value in pdf.objects:
        if isinstance(value, _CONTAINERS):
            left -= _visit(value, observer, loose, left)
            if left <= 0:
                observer.insides.opening = Opening.LIMIT
                break
    for action in loose:
        with _passing_over_damage(observer):
            observer.note_action(action, ELSEWHERE)


def read_catalog(root: pikepdf.Object, observer: Observer) -> None:
    """Look at what a reader looks at when it opens the document."""
    if not isinstance(root, pikepdf.Dictionary):
        return
    for look in (_read_base, _read_open_action, _read_script_names, _read_form):
        with _passing_over_damage(observer):
            look(root, observer)
    if "/Collection" in root:
        observer.insides.note("pdf.collection")


@contextmanager
def _passing_over_damage(observer: Observer) -> Iterator[None]:
    try:
        yield
    except _DAMAGES:
        observer.insides.note("pdf.damaged_object")


def _read_base(root: pikepdf.Dictionary, observer: Observer) -> None:
    if isinstance(base := root.get("/URI"), pikepdf.Dictionary):
        observer.base_url = read_script(base.get("/Base", pikepdf.String("")))


def _read_open_action(root: pikepdf.Dictionary, observer: Observer) -> None:
    if (action := root.get("/OpenAction")) is not None:
        observer.note_action(action, "open")
    observer.note_events(root.get("/AA"))


def _read_script_names(root: pikepdf.Dictionary, observer: Observer) -> None:
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary) and (scripts := names.get("/JavaScript")) is not None:
        observer.note_script_names(scripts)


def _read_form(root: pikepdf.Dictionary, observer: Observer) -> None:
    if not isinstance(form := root.get("/AcroForm"), pikepdf.Dictionary):
        return
    observer.insides.note("pdf.form")
    xfa = form.get("/XFA")
    pieces = islice(xfa, MAX_XFA_PIECES) if isinstance(xfa, pikepdf.Array) else (xfa,)
    text = "".join(read_script(piece) for piece in pieces if isinstance(piece, pikepdf.Stream))[:MAX_XFA_CHARS]
    if text:
        observer.insides.note("pdf.xfa")
        read_xfa(text, observer)


def read_xfa(text: str, observer: Observer) -> None:
    """Note the scripts of an XFA form, and where it sends its answers."""
    for match in islice(_XFA_SCRIPT.finditer(text), MAX_XFA_SCRIPTS):
        observer.note_script(html.unescape(match[1]), "field")
    for match in islice(_XFA_TARGET.finditer(text), MAX_XFA_SCRIPTS):
        observer.insides.note("pdf.submit", html.unescape(match[1]))
        observer.insides.link(html.unescape(match[1]), LinkSource.FORM)


def _visit(value: pikepdf.Object, observer: Observer, loose: list[pikepdf.Object], left: int) -> int:
    """Visit an object and the direct ones in it; give how many they were."""
    waiting, count = [(value, 0)], 0
    while waiting and count < left:
        one, depth = waiting.pop()
        count += 1
        with _passing_over_damage(observer):
            if isinstance(one, pikepdf.Stream):
                _look_at_stream(one, observer)
            elif isinstance(one, pikepdf.Dictionary):
                _look_at(one, observer, loose)
            if depth < MAX_DEPTH:
                waiting += [(child, depth + 1) for child in _list_children(one)]
    return count


def _list_children(one: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Give the direct containers in an object; the others are met as objects of their own."""
    if isinstance(one, pikepdf.Array):
        values = iter(one)
    else:
        holder = one.stream_dict if isinstance(one, pikepdf.Stream) else one
        values = (value for key, value in holder.items() if key not in _PASSED_BY and key not in _ACTED_ON)
    return (value for value in values if isinstance(value, _CONTAINERS) and not value.is_indirect)


def _look_at_stream(one: pikepdf.Stream, observer: Observer) -> None:
    if len(filters := read_filters(one)) > MAX_HONEST_FILTERS:
        observer.insides.note("pdf.many_filters", " ".join(filters))
    if one.stream_dict.get("/Type") == "/EmbeddedFile":
        observer.open_stream(one, "")


def _look_at(one: pikepdf.Dictionary, observer: Observer, loose: list[pikepdf.Object]) -> None:
    keys = one.keys()
    for key in _LOOKS.keys() & keys:
        _LOOKS[key](one, observer)
    if "/S" in keys and ("/JS" in keys or read_name(one.get("/S")) in ACTION_KINDS):
        loose.append(one)


def _look_at_font(one: pikepdf.Dictionary, observer: Observer) -> None:
    """Look for code in place of numbers (CVE-2024-4367: a reader in browsers ran it)."""
    matrix = one.get("/FontMatrix")
    if isinstance(matrix, pikepdf.Array):
        for text in filter(None, map(read_text, islice(matrix, 10))):
            observer.insides.note("pdf.script_in_font", text)


_LOOKS: Mapping[str, Callable[[pikepdf.Dictionary, Observer], None]] = MappingProxyType(
    {
        "/A": lambda one, observer: observer.note_action(one["/A"], "click"),
        "/AA": lambda one, observer: observer.note_events(one.get("/AA")),
        "/EF": lambda one, observer: observer.note_file(one),
        "/FT": lambda one, observer: observer.note_field(one),
        "/Subtype": lambda one, observer: observer.note_annotation(one),
        "/FontMatrix": _look_at_font,
    }
)
