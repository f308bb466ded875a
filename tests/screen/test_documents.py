"""A document is called as its reader knows it."""

import pytest

from gatepost.model.contents import OpenedFile
from gatepost.model.file_kinds import FileKind
from gatepost.screen.carried import Carried
from gatepost.screen.documents import call_document


def build(*names: str) -> Carried:
    *holders, file = (OpenedFile("1", name, FileKind.OLE, 1) for name in names)
    return Carried(file, None, tuple(holders))


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (("offer.docm", "word/vbaProject.bin"), "offer.docm"),
        (("all.zip", "offer.doc"), "offer.doc"),
        (("offer.xml", "editdata.mso", ""), "offer.xml"),
        (("offer.xls", ""), "offer.xls"),
        (("",), ""),
    ],
)
def test_inner_names_are_not_told(names: tuple[str, ...], called: str) -> None:
    assert call_document(build(*names)) == called
