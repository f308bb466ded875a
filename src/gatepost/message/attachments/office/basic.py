"""Macros of OpenDocument files: Basic in XML, and scripts in folders.

Standards: OpenDocument 1.3 part 3 §3.12 (scripts), the script modules of OpenOffice.org.
Trust: the text is a stranger's.
"""

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.guarded_xml import read_xml
from gatepost.message.attachments.office.macros import note_source

_LISTS = ("script-lb.xml", "script-lc.xml", "dialog-lb.xml", "dialog-lc.xml")


def note_basic(name: str, content: bytes, insides: Insides) -> None:
    """Note one module of Basic, or a script in another language."""
    if name.endswith((*_LISTS, "/")) or not content:
        return
    if not name.endswith(".xml"):
        insides.note("office.macro", name)
        note_source(content.decode("utf-8", "replace"), insides)
        return
    pieces: list[str] = []
    read_xml(content, lambda _name, _attributes: None, pieces.append, lambda _name: None)
    source = "".join(pieces)
    if source.strip() and not name.startswith("Dialogs/"):
        insides.note("office.macro", name)
        note_source(source, insides)
