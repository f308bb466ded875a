"""Documents that are one XML file."""

from built_files import build_file
from gatepost.message.attachments.openers import office_xml as opener
from gatepost.message.attachments.opening import open_files
from gatepost.model.contents import Opening
from gatepost.model.ports import FileToOpen, OpenOrder
from opened_files import codes, open_alone

PLAIN = b'<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>'


def test_a_plain_document_has_nothing_to_tell() -> None:
    opened = open_alone(opener, PLAIN, "a.xml")
    assert (opened.opening, opened.traits, opened.files) == (Opening.OPENED, (), ())


def test_macros_packed_into_the_xml_are_found() -> None:
    (opened,) = open_files(OpenOrder((FileToOpen("2", "a.doc", build_file("dropper-2003.xml")),))).files
    assert [file.name for file in opened.walk()][1:] == ["editdata.mso", ""]
    assert "office.macro_suspicious" in codes(opened.files[0].files[0])


def test_entities_are_refused() -> None:
    laughs = PLAIN.replace(b"<w:word", b'<!DOCTYPE a [<!ENTITY b "c">]><w:word')
    assert open_alone(opener, laughs, "a.xml").opening is Opening.BROKEN
