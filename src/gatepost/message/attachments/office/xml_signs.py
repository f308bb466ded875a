"""What the XML of documents says that they do by themselves: one reader for every dialect of Office and OpenDocument.

Standards: ECMA-376-1 §17.16 (fields), §18.14 (external links), §9 of part 2 (relationships), §20.1.2.2.23 (actions);
OpenDocument 1.3 part 3 §12.7 (events), §14.6 (DDE); WordprocessingML and SpreadsheetML of 2003; Flat OPC.
Trust: the XML is a stranger's. Elements are known by their local names, for prefixes are the writer's choice.
Fails: as guarded_xml does; what was seen before stays noted.
"""

import base64
import binascii
import html
import re
from collections.abc import Callable, Mapping
from itertools import islice

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office import xlm
from gatepost.message.attachments.office.connections import note_connection, note_queries
from gatepost.message.attachments.office.dde import note_dde, note_formulas
from gatepost.message.attachments.office.fields import BEGIN, END, SEPARATE, note_fields
from gatepost.message.attachments.office.guarded_xml import Attributes, get_local, read_xml
from gatepost.message.attachments.office.macros import note_source
from gatepost.message.attachments.office.native import FileFound
from gatepost.message.attachments.office.objects import note_class, note_program_id
from gatepost.message.attachments.office.protection import note_protection
from gatepost.message.attachments.office.relations import note_relationship
from gatepost.message.attachments.office.targets import ADD_IN, is_far, note_add_in, note_clicked, note_loaded

MAX_FIELD_CHARS = 4 * 1024 * 1024
MAX_FORMULAS = 200_000
# A part without any of these is not worth a parser's time: sheets of a million cells are ordinary.
_WORTHWHILE = (
    b"instrText", b"fldSimple", b"Relationship ", b"ddeLink", b"dde-", b":dde", b"definedName", b"OLEObject",
    b"oleObj", b"classid", b"class-id", b"onLoad", b"ppaction", b"macrosheet", b"webPr", b"dbPr", b"binData",
    b"docOleData", b"binaryData", b"event-listener", b"section-source", b"href", b"ormula=", b"Path>",
    b"encryption-data", b"textPr", b"connectString", b"odcFile", b"DataMashup", b"_AssemblyLocation", b"<!ENTITY",
    b"source-code", b"NavigateUri",
)  # fmt: skip
_FORMULA_WORDS = (b"WEBSERVICE(", b"HYPERLINK(", b"IMAGE(", b"RTD(", b"|'", b"|&apos;", b"DDE(")
_FORMULA = re.compile(rb"<(?:\w{1,9}:)?f\b[^<>]{0,200}>([^<]{1,8000})</")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")  # UTF-16: not searched, always read
_FIELD_LETTERS = {"begin": BEGIN, "separate": SEPARATE, "end": END}
_FIELD_TEXT = frozenset({"instrText", "delInstrText", "t", "delText"})
_CODED = frozenset({"binData", "binaryData"})
_QUERIES = "DataMashup"
_DRAWN = frozenset({"shape", "rect", "roundrect", "oval", "line", "polyline", "curve", "arc", "image", "group"})  # VML
_BASIC = "source-code"  # of a module in flat OpenDocument
_WITH_TEXT = _FIELD_TEXT | _CODED | {_QUERIES, _BASIC, "f", "definedName", "Path", "lpwstr"}
_TRUE = ("1", "true")
_FORMULA_PREFIX = re.compile(r"^\s*(?:of|oooc|msoxl):?\s*=?|^\s*=")
_OPENED = frozenset({"dom:load", "office:load", "load", "on-load", "onload", "office:start-app", "office:open"})
_ODF_PICTURES = frozenset({"image", "fill-image", "background-image", "imagedata"})
_ODF_LOADED = frozenset(
    {
        "object",
        "object-ole",
        "plugin",
        "floating-frame",
        "applet",
        "section-source",
        "cell-range-source",
        "table-source",
        "script",
        "OLEObject",
    }
)


class XmlSigns:
    """Reads parts of one document and notes what it sees; files that stand in them are handed on."""

    def __init__(self, insides: Insides, on_file: FileFound = lambda _name, _content: None) -> None:
        self.insides = insides
        self._on_file = on_file
        self._is_macro_sheet = False
        self._fields: list[str] = []
        self._fields_chars = 0
        self._text: list[str] | None = None
        self._name = ""  # of the file that the next text holds

    def read(self, content: bytes, is_macro_sheet: bool = False) -> None:
        """Read one part."""
        note_protection(content, self.insides)
        if any(word in content for word in _FORMULA_WORDS):
            _look_at_formulas(content, self.insides)
        if (
            not content.startswith(_WIDE)
            and b"utf-7" not in content[:200].lower()
            and not any(word in content for word in _WORTHWHILE)
        ):
            return
        self._is_macro_sheet = is_macro_sheet
        self._fields, self._fields_chars, self._text = [], 0, None
        try:
            read_xml(content, self._start, self._take, self._end)
        finally:
            note_fields("".join(self._fields), self.insides)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name in _WITH_TEXT:
            self._text = []
        if name in _LOOKS:
            _LOOKS[name](attributes, self.insides)
        elif name == "fldChar":
            self._add_field_text(_FIELD_LETTERS.get(get_local(attributes, "fldCharType"), ""))
        elif name == "fldSimple":
            self._add_field_text(f"{BEGIN}{get_local(attributes, 'instr')}{END}")
        elif name in ("part", "binData", "property", "module"):
            self._name = get_local(attributes, "name")
        elif name == "definedName":
            xlm.note_name(get_local(attributes, "name"), get_local(attributes, "hidden") in _TRUE, self.insides)
        if attributes:
            _look_everywhere(name, attributes, self.insides)

    def _take(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        if self._text is None:
            return
        text, self._text = "".join(self._text), None
        if name in _FIELD_TEXT:
            self._add_field_text(text)
        elif name in _CODED:
            self._hand_on(text)
        else:
            self._look_at_text(name, text)

    def _look_at_text(self, name: str, text: str) -> None:
        if name == _QUERIES:
            note_queries(text, self.insides)
        elif name == _BASIC:
            self._note_macro(text)
        elif name == "lpwstr" and self._name == ADD_IN:
            note_add_in(text, self.insides)
        elif name == "Path" and "|" in text:
            note_formulas(f"={text}!A1", self.insides)
        elif self._is_macro_sheet:
            xlm.note_macro_text(text, self.insides)

    def _note_macro(self, source: str) -> None:
        if source.strip():
            self.insides.note("office.macro", self._name)
            note_source(source, self.insides)

    def _add_field_text(self, text: str) -> None:
        self._fields_chars += len(text)
        if self._fields_chars < MAX_FIELD_CHARS:
            self._fields.append(text)

    def _hand_on(self, text: str) -> None:
        try:
            content = base64.b64decode(text.encode("ascii", "ignore"))  # foreign letters are passed over as others are
        except binascii.Error:
            self.insides.note("office.bad_base64", self._name)
        else:
            self._on_file(self._name, content)


def _look_everywhere(name: str, attributes: Attributes, insides: Insides) -> None:
    """Look at attributes that any element may have."""
    for written, value in attributes.items():
        word = written.rpartition(":")[2]
        if word == "href" and written != word:
            _look_at_href(name, value, insides)
        elif written == "href" and name in _DRAWN:
            note_clicked(value, insides)
        elif word in ("Formula", "formula"):
            note_formulas(_FORMULA_PREFIX.sub("=", value), insides)
        elif word == "onLoad":
            insides.note("office.ribbon_macro", value)
        elif word.endswith("NavigateUri"):  # of a page of XPS
            note_clicked(value, insides)


def _look_at_href(name: str, target: str, insides: Insides) -> None:
    if target.startswith(("#", "./", "../")):
        return
    if name == "a":
        note_clicked(target, insides)
    elif name in _ODF_PICTURES:
        note_relationship("image", target, insides)
    elif name in _ODF_LOADED:
        note_relationship("oleObject" if is_far(target) else "", target, insides)


def _look_at_relationship(attributes: Attributes, insides: Insides) -> None:
    if get_local(attributes, "TargetMode").casefold() == "external":
        note_relationship(get_local(attributes, "Type"), get_local(attributes, "Target"), insides)


def _look_at_dde(attributes: Attributes, insides: Insides) -> None:
    words = ("ddeService", "ddeTopic", "dde-application", "dde-topic", "dde-item")
    note_dde(" ".join(filter(None, (get_local(attributes, word) for word in words))), insides)


def _look_at_object(attributes: Attributes, insides: Insides) -> None:
    note_program_id(get_local(attributes, "ProgID") or get_local(attributes, "progId"), insides)
    if get_local(attributes, "Type") == "Link":
        insides.note("office.linked_object", get_local(attributes, "ProgID"))


def _look_at_control(attributes: Attributes, insides: Insides) -> None:
    clsid = get_local(attributes, "classid") or get_local(attributes, "class-id")
    insides.note("office.activex", clsid)
    note_class(clsid, insides)


def _look_at_embedded(attributes: Attributes, insides: Insides) -> None:
    note_class(get_local(attributes, "class-id"), insides)


def _look_at_action(attributes: Attributes, insides: Insides) -> None:
    action = get_local(attributes, "action")
    if action.startswith("ppaction://program"):
        insides.note("office.runs_program", action)
    elif action.startswith(("ppaction://macro", "ppaction://ole")):
        insides.note("office.macro_by_hand", action)


def _look_at_event(attributes: Attributes, insides: Insides) -> None:
    event, macro = get_local(attributes, "event-name"), get_local(attributes, "href")
    if macro:
        insides.note("office.macro_autorun" if event.casefold() in _OPENED else "office.macro_by_hand", macro)


def _look_at_query(attributes: Attributes, insides: Insides) -> None:
    if url := get_local(attributes, "url"):
        note_loaded("web query", url, insides)
    elif connection := get_local(attributes, "connection"):
        note_connection(connection, insides)


def _look_at_connection(attributes: Attributes, insides: Insides) -> None:
    """Look at the file of a connection, which may lie elsewhere and change what is asked."""
    if source := get_local(attributes, "odcFile"):
        note_connection(source, insides)


def _look_at_merge(attributes: Attributes, insides: Insides) -> None:
    note_connection(get_local(attributes, "val"), insides)


def _look_at_formulas(content: bytes, insides: Insides) -> None:
    """Look at formulas in cells as bytes: sheets of a million cells are ordinary."""
    for match in islice(_FORMULA.finditer(content), MAX_FORMULAS):
        if any(word in match[1] for word in _FORMULA_WORDS):
            note_formulas(f"={html.unescape(match[1].decode('utf-8', 'replace'))}", insides)


def _look_at_text_query(attributes: Attributes, insides: Insides) -> None:
    note_loaded("text query", get_local(attributes, "sourceFile"), insides)


def _look_at_encryption(_attributes: Attributes, insides: Insides) -> None:
    insides.note("office.locked")


_LOOKS: Mapping[str, Callable[[Attributes, Insides], None]] = {
    "Relationship": _look_at_relationship,
    "ddeLink": _look_at_dde,
    "dde-source": _look_at_dde,
    "dde-connection-decl": _look_at_dde,
    "OLEObject": _look_at_object,
    "oleObject": _look_at_object,
    "oleObj": _look_at_object,
    "ocx": _look_at_control,
    "object-ole": _look_at_embedded,
    "hlinkClick": _look_at_action,
    "hlinkHover": _look_at_action,
    "hlinkMouseOver": _look_at_action,
    "event-listener": _look_at_event,
    "webPr": _look_at_query,
    "dbPr": _look_at_query,
    "connection": _look_at_connection,
    "connectString": _look_at_merge,
    "textPr": _look_at_text_query,
    "encryption-data": _look_at_encryption,
}
