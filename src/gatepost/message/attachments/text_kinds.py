"""Kinds of text: told by how it begins, and between what begins alike by the name, as systems go by the name.

Standards: WHATWG MIME Sniffing §7.1 (HTML), RFC 5322 §2.2 (mail), RFC 2557 (MHTML), RFC 5545 (iCalendar),
RFC 6350 (vCard), the Desktop Entry Specification, XML 1.0 §2.8 (prolog).
Trust: the content and the name come from a stranger.
Fails: never.
"""

import re
from itertools import islice

from gatepost.model.file_kinds import FileKind

HEAD_BYTES = 4_096
_PROBE_BYTES = 1_024
_TEXT_BYTES = bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100)) + b"\t\n\r\x0c\x08\x1a\x1b"
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_WIDE = (
    (re.compile(rb"(?:[\t\n\r\x20-\x7e]\x00){8}"), "utf-16-le"),
    (re.compile(rb"(?:\x00[\t\n\r\x20-\x7e]){8}"), "utf-16-be"),
)

_BLANKS = " \t\n\r\x0c\x00"
_HTML = re.compile(
    r"<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|form|meta|link|img|base"
    r"|center|input|object|embed|frameset|hta:application|plaintext|xmp)[\s/>]"
)
_PROLOG = re.compile(
    r"(?:<\?[^>]{0,500}\?>|<!--.{0,2000}?-->|<!doctype [^\[>]{0,500}(?:\[.{0,1500}?\])?\s?>|\s){1,50}", re.DOTALL
)
_ROOT = re.compile(r"<(?:[\w.-]{1,60}:)?([\w.-]{1,60})")
_OFFICE_XML = re.compile(
    r"<\?mso-application|schemas\.microsoft\.com/office/(?:word/2003|2006/xmlpackage)"
    r"|urn:schemas-microsoft-com:office:(?:spreadsheet|word)"
)
_ROOTS = {
    "svg": FileKind.SVG,
    "html": FileKind.HTML,
    "job": FileKind.SCRIPT,
    "component": FileKind.SCRIPT,
    "scriptlet": FileKind.SCRIPT,
    "mmc_consolefile": FileKind.SCRIPT,
    "pcsettings": FileKind.SHORTCUT,
    "jnlp": FileKind.SHORTCUT,
    "searchconnectordescription": FileKind.INTERNET_SHORTCUT,
    "librarydescription": FileKind.INTERNET_SHORTCUT,
    "persistedquery": FileKind.INTERNET_SHORTCUT,
    "appinstaller": FileKind.INTERNET_SHORTCUT,
}
_FIELD = re.compile(
    r"^(?:received|return-path|from|to|cc|subject|date|message-id|mime-version|content-type|content-transfer-encoding"
    r"|delivered-to|reply-to|sender|x-[\w-]{1,60}|dkim-signature|arc-[\w-]{1,40}|authentication-results"
    r"|content-location|snapshot-content-location|content-disposition|list-[\w-]{1,40}):",
    re.MULTILINE,
)
_STARTS = (  # of the text in small letters, blanks in front left out
    ("{\\rt", FileKind.RTF),
    ("%!ps", FileKind.POSTSCRIPT),
    ("#!", FileKind.SCRIPT),
    ("#@~^", FileKind.SCRIPT),
    ("@echo off", FileKind.SCRIPT),
    ("::[bat", FileKind.SCRIPT),
    ("<job", FileKind.SCRIPT),
    ("<scriptlet", FileKind.SCRIPT),
    ("<hta:application", FileKind.SCRIPT),
    ("begin:vcalendar", FileKind.CALENDAR),
    ("begin:vcard", FileKind.CONTACT),
    ("-----begin pgp public", FileKind.PGP),
    ("-----begin pgp", FileKind.PGP),
    ("-----begin pkcs7", FileKind.SMIME),
    ("-----begin cms", FileKind.SMIME),
    ("-----begin ", FileKind.CERTIFICATE),
    ("windows registry editor version", FileKind.REGISTRY),
    ("regedit4", FileKind.REGISTRY),
    ("[internetshortcut", FileKind.INTERNET_SHORTCUT),
    ("[desktop entry]", FileKind.INTERNET_SHORTCUT),
    ("[shell]", FileKind.SHORTCUT),
    ("[autorun]", FileKind.SHORTCUT),
    ("id;p", FileKind.SPREADSHEET_LINK),
    ("web\r\n1\r\n", FileKind.SPREADSHEET_LINK),
    ("web\n1\n", FileKind.SPREADSHEET_LINK),
    ("xlodbc", FileKind.SPREADSHEET_LINK),
    ("# disk descriptorfile", FileKind.VMDK),
)  # fmt: skip
_ENDINGS = {
    FileKind.SCRIPT: (
        "bat cmd btm ps1 ps1xml ps2 ps2xml psm1 psd1 psc1 psc2 pssc cdxml vbs vbe vb vba js jse mjs wsf wsc wsh ws sct"
        " hta msh msh1 msh2 mshxml msc inf ins isp sh bash zsh ksh csh fish run command tool py pyw rb pl php lua tcl"
        " applescript scpt osa ahk au3 sct job workflow xbap nse"
    ),
    FileKind.SHORTCUT: "scf settingcontent-ms jnlp appref-ms application diagcfg pif",
    FileKind.INTERNET_SHORTCUT: (
        "url website webloc desktop rdp library-ms search-ms searchconnector-ms appinstaller theme mad maf mam maq mar"
        " mas mav maw"
    ),
    FileKind.REGISTRY: "reg",
    FileKind.SPREADSHEET_LINK: "iqy oqy dqy rqy slk sylk odc",
    FileKind.HTML: "html htm shtml shtm xht xhtml htmls",
    FileKind.SVG: "svg",
    FileKind.MHTML: "mht mhtml",
    FileKind.MAIL: "eml mbox",
    FileKind.CALENDAR: "ics ical vcs",
    FileKind.CONTACT: "vcf vcard",
    FileKind.CSV: "csv tsv tab",
    FileKind.XML: "xml",
    FileKind.DOS_PROGRAM: "com",
}
_MIME_VERSION = re.compile(rb"^mime-version[ \t]{0,9}:", re.IGNORECASE | re.MULTILINE)
_RELATED = re.compile(rb"^content-type[ \t]{0,9}:\s{0,9}multipart/related", re.IGNORECASE | re.MULTILINE)
_SAVED_PAGE_BYTES = 2_000  # in which its header says that it is one
_MAX_MARKS = 20
_SHOWN_XML = (
    re.compile(  # elements of pages, by their namespace, which entities may hide, or by a style sheet in the file
        rb"1999/xhtml|2000/svg|<!entity|xmlns[^\s=]{0,60}\s{0,20}=\s{0,20}[\"'][^\"'<>]{0,200}&"
        rb"|<\?xml-stylesheet[^>]{0,300}href\s{0,20}=\s{0,20}[\"']\s{0,20}(?:#|data:)",
        re.IGNORECASE,
    )
)
_ACTS = re.compile(
    rb"(?:<|&#60;|&#x3c;)(?:[\w-]{1,20}:)?(?:script|form|input|iframe|object|embed|meta)\b|\son[a-z]{3,20}\s{0,20}=",
    re.IGNORECASE,
)
_KIND_BY_ENDING = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_RUN_WHATEVER_THEY_HOLD = frozenset({FileKind.SCRIPT, FileKind.SHORTCUT, FileKind.INTERNET_SHORTCUT, FileKind.REGISTRY})
_READ_WHATEVER_THEY_HOLD = frozenset(
    {FileKind.CSV, FileKind.SVG, FileKind.MAIL, FileKind.CALENDAR, FileKind.CONTACT, FileKind.SPREADSHEET_LINK}
)
_PLAIN = frozenset({FileKind.TEXT, FileKind.XML})


def read_head(content: bytes) -> str | None:
    """Give the beginning of a text as text, its byte order mark left out; None where it is no text."""
    for mark, charset in _MARKS:
        if content.startswith(mark):
            return content[len(mark) : HEAD_BYTES].decode(charset, "replace")
    for pattern, charset in _WIDE:
        if pattern.match(content):
            return content[:HEAD_BYTES].decode(charset, "replace")
    if content[:_PROBE_BYTES].translate(None, _TEXT_BYTES):
        return None
    return content[:HEAD_BYTES].decode("utf-8", "replace")


def read_lead(content: bytes) -> str:
    """Give the text that something else begins with, "" for none: some programs never come to what follows."""
    junk = content[:_PROBE_BYTES].translate(None, _TEXT_BYTES)
    lead = content[: content.index(junk[0])] if junk else b""
    return lead.decode("utf-8", "replace")


def detect_text_kind(head: str, ending: str) -> FileKind:
    """Give what a text is, by its beginning and the last extension of its name (small letters)."""
    text = head.lstrip(_BLANKS).lower()
    by_name = _KIND_BY_ENDING.get(ending)
    if by_name in _RUN_WHATEVER_THEY_HOLD:
        return by_name
    found = _detect_by_words(text)
    if found is FileKind.HTML and by_name is FileKind.SVG:
        return by_name
    return by_name if by_name is not None and found in _PLAIN else found


def detect_by_name(ending: str) -> FileKind | None:
    """Give the kind that programs take any text for whose name ends so, None where they look at its beginning."""
    by_name = _KIND_BY_ENDING.get(ending)
    return by_name if by_name in _READ_WHATEVER_THEY_HOLD else None


def find_saved_page(content: bytes) -> int:
    """Give where a page that Word would open, as saved with all that belongs to it, begins in a file; -1 for nowhere.

    Word passes over what stands in front, a whole PDF for instance (JPCERT/CC, "MalDoc in PDF", 2023).
    """
    for mark in islice(_MIME_VERSION.finditer(content), _MAX_MARKS):
        if _RELATED.search(content, mark.start(), mark.start() + _SAVED_PAGE_BYTES):
            return mark.start()
    return -1


def is_page_in_xml(content: bytes) -> bool:
    """Say whether a browser shows a file of XML as a page that acts: with scripts, forms, or other sites in it."""
    flat = content.translate(None, b"\0") if b"\0" in content[:64] else content
    return _SHOWN_XML.search(flat) is not None and _ACTS.search(flat) is not None


def _detect_by_words(text: str) -> FileKind:
    found = next((kind for start, kind in _STARTS if text.startswith(start)), None)
    if found is not None:
        return found
    if text.startswith("<"):
        return _detect_markup(text)
    return _detect_mail(text)


def _detect_markup(text: str) -> FileKind:
    prolog = _PROLOG.match(text)
    before, rest = (prolog[0], text[prolog.end() :]) if prolog else ("", text)
    if "<!doctype html" in before or _HTML.match(rest):
        return FileKind.HTML
    root = _ROOT.match(rest)
    if root is None:
        return FileKind.HTML if text.startswith("<!--") else _keep_if_declared(text)
    if _OFFICE_XML.search(text):
        return FileKind.OFFICE_XML
    return _detect_root(root[1], text)


def _detect_root(root: str, text: str) -> FileKind:
    if root == "plist" and "<key>url</key>" in text:
        return FileKind.INTERNET_SHORTCUT
    if root == "assembly" and "clickonce" in text:
        return FileKind.SHORTCUT
    return _ROOTS.get(root) or _keep_if_declared(text)


def _keep_if_declared(text: str) -> FileKind:
    return FileKind.XML if text.startswith(("<?xml", "<!doctype")) or 'xmlns="' in text[:1_000] else FileKind.TEXT


def _detect_mail(text: str) -> FileKind:
    """Two fields that mails begin with, the first of them at once (or behind the line that parts mails in a file)."""
    is_mailbox = text.startswith("from ")
    if is_mailbox:
        text = text.partition("\n")[2]
    if not _FIELD.match(text):
        return FileKind.TEXT
    header = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    count = len(set(_FIELD.findall(header)))
    if count < 2 and not is_mailbox:  # noqa: PLR2004 - two, as said above
        return FileKind.TEXT
    is_page = "multipart/related" in header and ("snapshot-content-location" in header or "<saved by" in header)
    return FileKind.MHTML if is_page else FileKind.MAIL
