"""Tables that are text: CSV, whose cells may be formulas, SYLK with its macros, and queries that fetch a table.

A text or a page that is named as a workbook is opened as a table, too.

Standards: RFC 4180 (CSV), SYLK as Multiplan and Excel write it (records NN, C, O), .iqy as Excel reads it.
"""

import codecs
import html
import re

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office import xlm
from gatepost.message.attachments.office.connections import note_connections
from gatepost.message.attachments.office.dde import note_formulas
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.CSV, FileKind.SPREADSHEET_LINK, FileKind.TEXT, FileKind.HTML})
_NAMED_SO = re.compile(r"\.(?:xl[a-z]{1,2}|csv|tsv|tab|dif|prn)[\s.]*$", re.IGNORECASE)  # what Excel takes any text for
MAX_BYTES = 16 * 1024 * 1024
_CONNECTION_FILE = re.compile(r"\.(?:udl|dsn)[\s.]*$", re.IGNORECASE)
_SYLK = re.compile(r"\s*ID;", re.IGNORECASE)
_NAME = re.compile(r"^NN;(?:[^\n]{0,200};)?N([^;\n]{1,200})", re.IGNORECASE | re.MULTILINE)
_CELL = re.compile(r"^C;(?:[^\n]{0,200};)?E([^\n]{1,4000})", re.IGNORECASE | re.MULTILINE)
_MACRO_SHEET = re.compile(r"^O;(?:[^\n]{0,200};)?E(?:;|\s*$)", re.IGNORECASE | re.MULTILINE)
_QUERY_URL = re.compile(r"\s*WEB\s+(?:\d+\s+)?(\S{4,2000})", re.IGNORECASE)


def look_inside(file: File, insides: Insides, desk: Desk) -> None:  # noqa: ARG001 - all openers are called alike
    """Look at formulas and queries."""
    is_connection = bool(_CONNECTION_FILE.search(file.name[-100:]))
    if file.kind in (FileKind.TEXT, FileKind.HTML) and not (is_connection or _NAMED_SO.search(file.name[-100:])):
        return
    text = _decode(file.content[:MAX_BYTES])
    if is_connection:
        note_connections(text, insides)
    elif _SYLK.match(text):
        _look_at_sylk(text, insides)
    elif match := _QUERY_URL.match(text):
        insides.note("office.web_query", match[1])
        insides.link(match[1])
    else:
        note_formulas(text, insides)
        if file.kind is FileKind.SPREADSHEET_LINK:
            note_connections(html.unescape(text), insides)


def _look_at_sylk(text: str, insides: Insides) -> None:
    is_macro_sheet = bool(_MACRO_SHEET.search(text))
    if is_macro_sheet:
        insides.note("office.xlm", "SYLK")
    for match in _NAME.finditer(text):
        xlm.note_name(match[1], is_hidden=False, insides=insides)
    for match in _CELL.finditer(text):
        note_formulas(f"={match[1]}", insides)
        if is_macro_sheet:
            xlm.note_macro_text(match[1], insides)


def _decode(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")
