"""Every object is looked at, in bounds, and a damaged one does not keep the others from being seen."""

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from built_files.pages import build_pdf, script
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.pdf.actions import Observer
from gatepost.message.attachments.pdf.walk import MAX_VALUES, read_catalog, walk_objects
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind


def walk(content: bytes) -> Insides:
    observer = Observer(File("1", "", b"", FileKind.PDF), Insides(), Desk({}))
    with pikepdf.open(BytesIO(content)) as pdf:
        walk_objects(pdf, observer)
    return observer.insides


def test_more_values_than_the_limit_are_told_and_the_catalog_is_read_all_the_same() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Many = pdf.make_indirect(Array([Array([])] * (MAX_VALUES + 10)))
        pdf.Root.OpenAction = script("go()")

    insides = walk(build_pdf(change))
    assert insides.opening is Opening.LIMIT
    assert [trait.text for trait in insides.traits] == ["open: go()"]


def test_arrays_deep_in_each_other_are_bounded() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        deep = Array([script("go()")])
        for _ in range(100):
            deep = Array([deep])
        pdf.Root.Deep = deep

    assert walk(build_pdf(change)).traits == []


def test_a_damaged_object_is_passed_over() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.First = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("a"), Ff=String("no number")))
        pdf.Root.Second = pdf.make_indirect(Dictionary(EF=Dictionary(F=String("no stream"))))
        pdf.Root.Third = pdf.make_indirect(script("go()"))

    assert [trait.text for trait in walk(build_pdf(change)).traits] == ["elsewhere: go()"]


def test_a_name_that_is_no_text_hides_neither_what_follows_it_nor_the_other_objects() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = Dictionary(S=Name("/Lost"), Next=script("next()"))
        pdf.Root.Other = pdf.make_indirect(Dictionary(A=Dictionary(S=Name("/Lost"), Next=script("other()"))))
        pdf.Root.Third = pdf.make_indirect(Dictionary(Subtype=Name("/Lost"), A=script("third()")))

    content = build_pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert content.count(b"/Lost") == 3
    told = [trait.text for trait in walk(content.replace(b"/Lost", b"/\x8e\xffst")).traits]
    assert sorted(told) == ["click: other()", "click: third()", "open: next()"]


class Stumbling(Observer):
    """Raises at every action, as pikepdf does at a damaged object."""

    def note_action(self, action: pikepdf.Object, trigger: str) -> None:
        raise ValueError(trigger, action.objgen)


def test_damage_in_the_catalog_does_not_keep_the_rest_from_being_seen() -> None:
    observer = Stumbling(File("1", "", b"", FileKind.PDF), Insides(), Desk({}))
    root = Dictionary(OpenAction=script("a()"), AcroForm=Dictionary(), Collection=Dictionary())
    read_catalog(root, observer)
    assert [trait.code for trait in observer.insides.traits] == ["pdf.damaged_object", "pdf.form", "pdf.collection"]


def test_a_document_without_a_catalog_has_nothing_to_read() -> None:
    observer = Observer(File("1", "", b"", FileKind.PDF), Insides(), Desk({}))
    read_catalog(Array([]), observer)
    assert observer.insides.traits == []
