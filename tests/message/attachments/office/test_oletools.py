"""What oletools finds in its own samples is found here, too, and what it calls harmless is left alone."""

import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gatepost.message.attachments.opening import open_files
from gatepost.model.contents import OpenedFile
from gatepost.model.ports import FileToOpen, Keep, OpenOrder
from paths import SHARED, needs_shared

FOLDER = SHARED / "suites" / "office-attachments-oletools"
SAMPLES = sorted(
    path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*") if path.is_file() and path.suffix != ".md"
)
NO_DOCUMENTS = ("basic/",)
# Not of interest to those who look for what a document does by itself.
ORDINARY = ("office.activex", "office.linked_file", "office.data_connection", "office.loads_picture")
pytestmark = [needs_shared, pytest.mark.filterwarnings("ignore")]  # of oletools, which is older than what it uses


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@cache
def open_sample(name: str) -> tuple[OpenedFile, ...]:
    order = OpenOrder((FileToOpen("2", Path(name).name, (FOLDER / name).read_bytes()),), keep=Keep.ALL)
    return tuple(open_files(order).files[0].walk())


def read_traits(name: str) -> dict[str, list[str]]:
    traits: dict[str, list[str]] = {}
    for file in open_sample(name):
        for trait in file.traits:
            if trait.code.startswith("office.") and trait.code not in ORDINARY:
                traits.setdefault(trait.code, []).append(trait.text)
    return traits


@cache
def unpack(name: str) -> tuple[str, bytes]:
    """Give the document itself: what is packed or locked for oletools' own tests comes as we unpacked it."""
    from oletools.crypto import is_encrypted  # noqa: PLC0415 - tests without the samples do not need it

    files = open_sample(name)
    if name.endswith(".zip") or (len(files) > 1 and is_encrypted(str(FOLDER / name))):
        return files[1].name, files[1].content
    return files[0].name, files[0].content


def look_for_macros(name: str) -> tuple[set[str], bool]:
    """Give the modules that hold more than what Office writes, and whether there are macros of Excel 4."""
    from oletools.olevba import VBA_Parser, filter_vba  # noqa: PLC0415

    file_name, content = unpack(name)
    parser = VBA_Parser(file_name, data=content)
    found = parser.extract_macros() if parser.detect_vba_macros() and parser.type != "Text" else []
    modules = {module.rpartition(".")[0] for _, _, module, code in found if code and filter_vba(code).strip()}
    return modules - {"xlm_macro"}, bool(parser.detect_xlm_macros())


@pytest.mark.parametrize("name", SAMPLES)
def test_no_macro_is_missed(name: str) -> None:
    if name.startswith(("basic/", "rtfobj/")):
        pytest.skip("not for olevba")
    modules, has_excel4 = look_for_macros(name)
    traits = read_traits(name)
    assert modules <= set(traits.get("office.macro", ()))
    assert not has_excel4 or "office.xlm" in traits


@pytest.mark.parametrize("name", SAMPLES)
def test_no_call_to_another_program_is_missed(name: str, tmp_path: Path) -> None:
    from oletools import msodde  # noqa: PLC0415

    if name.startswith(NO_DOCUMENTS):
        pytest.skip("no document")
    file_name, content = unpack(name)
    path = tmp_path / file_name
    path.write_bytes(content)
    try:
        told = msodde.process_file(str(path), msodde.FIELD_FILTER_DDE)
    except Exception as error:  # noqa: BLE001 - it takes SYLK for a damaged CSV
        pytest.skip(type(error).__name__)
    assert bool(told.strip()) == any(code.startswith("office.dde") for code in read_traits(name))


def find_objects(name: str) -> Iterator[tuple[str, bytes]]:
    """Give name and content of the files that oleobj and rtfobj would save."""
    from oletools import oleobj, rtfobj  # noqa: PLC0415

    file_name, content = unpack(name)
    if content.startswith(b"{\\rt"):
        parser: Any = rtfobj.RtfObjParser(content)
        parser.parse()
        yield from ((one.filename, one.olepkgdata) for one in parser.objects if one.is_package)
        return
    for compound in oleobj.find_ole(file_name, content):
        for stream in compound.listdir() if compound else ():
            if stream[-1] == "\x01Ole10Native":
                native: Any = oleobj.OleNativeStream(compound.openstream(stream).read())
                yield native.filename, native.data


@pytest.mark.parametrize("name", SAMPLES)
def test_no_object_is_missed(name: str) -> None:
    if name.startswith(NO_DOCUMENTS) or unpack(name)[1][:9] == b"<?xml ver":
        pytest.skip("not for oleobj")
    ours = {file.content for file in open_sample(name)}
    for file_name, content in find_objects(name):
        assert not content or content in ours, file_name


@pytest.mark.parametrize("name", [name for name in SAMPLES if "harmless" in name or name.endswith(".xps")])
def test_what_is_harmless_is_left_alone(name: str) -> None:
    assert read_traits(name) == {}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("external_link/", "office.external_object"),
        ("embedded-", "office.package"),
        ("excel4", "office.xlm_autorun"),
        ("dde-", "office.dde_command"),
        ("autostart-", "office.macro_autorun"),
        ("encrypted/encrypted.", "office.locked"),
        ("standardpassword", "office.unlocked_by_itself"),
        ("issue_251", "office.equation_exploit"),
        ("lnk_to_calc", "office.package_link"),
        ("lnk_file", "office.package"),
    ],
)
def test_all_samples_are_what_their_names_say(words: str, code: str) -> None:
    samples = [name for name in SAMPLES if words in name]
    assert samples
    assert [name for name in samples if code not in read_traits(name)] == []


def test_the_other_opinion_sees_enough_to_be_one() -> None:
    names = [
        name for name in SAMPLES if not name.startswith((*NO_DOCUMENTS, "rtfobj/")) and unpack(name)[1][:1] != b"<"
    ]
    macros = [look_for_macros(name) for name in names]
    objects = [sum(bool(content) for _, content in find_objects(name)) for name in names]
    assert sum(bool(modules) for modules, _ in macros) >= 5
    assert sum(has_excel4 for _, has_excel4 in macros) >= 4
    assert sum(objects) >= 30
