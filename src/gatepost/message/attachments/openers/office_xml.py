"""Documents that are one XML file: Word and Excel 2003, Flat OPC, flat OpenDocument.

Any other XML is looked at, too: to be called otherwise makes a document no safer.
"""

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.xml_signs import XmlSigns
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.OFFICE_XML, FileKind.XML})


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Look at the whole file as at one part."""
    XmlSigns(insides, lambda name, content: desk.open_inside(file, insides, name, content)).read(file.content)
