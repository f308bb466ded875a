"""Relations to something outside: loaded, clicked, or on the author's own machine."""

import pytest

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.relations import note_relationship

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


@pytest.mark.parametrize(
    ("kind", "target", "codes"),
    [
        ("attachedTemplate", "https://a.example/x.dotm", ["office.remote_template"]),
        ("attachedTemplate", r"file:///\\203.0.113.9\x.dotm", ["office.template_on_share"]),
        ("attachedTemplate", r"C:\Normal.dotm", []),
        ("oleObject", "https://a.example/x.html!", ["office.strange_target"]),
        ("oleObject", "mhtml:https://a.example/x!x-usc:https://a.example/x", ["office.strange_target"]),
        ("oleObject", "https://a.example/x.doc", ["office.external_object"]),
        ("oleObject", r"file:///C:\x.xlsx", ["office.linked_file"]),
        ("frame", "https://a.example/x", ["office.external_object"]),
        ("subDocument", "https://a.example/x", ["office.external_object"]),
        ("anythingNew", "https://a.example/x", ["office.external_object"]),
        ("image", "https://a.example/x.png", ["office.loads_picture"]),
        ("image", r"\\203.0.113.9\x.png", ["office.loads_share"]),
        ("image", "file:///C:/x.png", []),
        ("externalLinkPath", "https://a.example/x.xlsx", ["office.linked_sheet"]),
        ("hyperlink", "https://a.example/x", []),
        ("hyperlink", "powershell.exe%20-c", ["office.runs_program"]),
    ],
)
def test_each_relation_is_told_by_what_it_does(kind: str, target: str, codes: list[str]) -> None:
    insides = Insides()
    note_relationship(TYPES + kind, target, insides)
    assert [trait.code for trait in insides.traits] == codes


@pytest.mark.parametrize("kind", ["hyperlink", "image", "oleObject", "attachedTemplate", "externalLinkPath"])
def test_addresses_are_handed_on(kind: str) -> None:
    insides = Insides()
    note_relationship(TYPES + kind, "https://a.example/x", insides)
    assert [link.url for link in insides.links] == ["https://a.example/x"]
