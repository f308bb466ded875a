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


def test_a_document_without_a_catalog_has_nothing_to_read() -> None:
    observer = Observer(File("1", "", b"", FileKind.PDF), Insides(), Desk({}))
    read_catalog(Array([]), observer)
    assert observer.insides.traits == []
