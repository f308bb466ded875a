r"""Rich text: objects and the files in them, links that are loaded, templates, fields, exploits of old readers."""

from collections.abc import Iterator

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.compound import MAGIC
from gatepost.message.attachments.office.fields import note_fields
from gatepost.message.attachments.office.going_on import going_on
from gatepost.message.attachments.office.moniker import find_targets
from gatepost.message.attachments.office.native import FileFound, OldObject, note_package, read_old_object, read_package
from gatepost.message.attachments.office.objects import note_class, note_program_id
from gatepost.message.attachments.office.relations import note_template
from gatepost.message.attachments.office.rtf_reader import RtfParts, read_rtf
from gatepost.message.attachments.office.targets import note_loaded
from gatepost.model.file_kinds import FileKind

_AT_ONCE = frozenset({"objupdate", "objautlink"})
OPENS = frozenset({FileKind.RTF})


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Look at everything that a reader's program would load or start."""
    parts = read_rtf(file.content)
    if parts.is_cut:
        insides.leave_unseen()
    _note_words(parts, insides)
    note_fields("".join(parts.fields), insides)

    def hand_on(name: str, content: bytes) -> None:
        desk.open_inside(file, insides, name, content)

    for data in parts.objects:
        with going_on(insides, "object"):
            old = read_old_object(data)
            if old is None:
                _look_at_unknown(data, insides, hand_on)
            else:
                _look_at(old, insides, hand_on)
    _put_together(parts, insides)


def _put_together(parts: RtfParts, insides: Insides) -> None:
    """Note what is harm in rich text alone: no program of today writes such objects there."""
    noted = {trait.code: trait.text for trait in insides.traits}
    if "office.equation" in noted or next(_find_inner("office.equation", insides), None) is not None:
        insides.note("office.equation_exploit", "Equation Editor")
    loaded = noted.get("office.loads") or next(_find_inner("office.loads", insides), "")
    if loaded and parts.words & _AT_ONCE:
        insides.note("office.loads_at_once", loaded)


def _find_inner(code: str, insides: Insides) -> Iterator[str]:
    return (trait.text for file in insides.files for trait in file.traits if trait.code == code)


def _note_words(parts: RtfParts, insides: Insides) -> None:
    for name in parts.classes:
        note_program_id(name, insides)
    for clsid in parts.class_ids:
        insides.note("office.activex", clsid)
        note_class(clsid, insides)
    for target in parts.templates:
        note_template(target, insides)
    if "objupdate" in parts.words:
        insides.note("office.object_updates")
    if "objautlink" in parts.words:
        insides.note("office.linked_object", "objautlink")


def _look_at(old: OldObject, insides: Insides, on_file: FileFound) -> None:
    note_program_id(old.class_name, insides)
    if old.is_linked:
        insides.note("office.linked_object", old.topic)
        note_loaded("linked object", old.topic, insides)
    elif package := read_package(old.content):
        note_package(package, insides, on_file)
    elif old.content:
        on_file("", old.content)


def _look_at_unknown(data: bytes, insides: Insides, on_file: FileFound) -> None:
    """Look at an object whose head makes no sense: for a compound file in it, and for addresses."""
    start = data.find(MAGIC)
    if start >= 0:
        on_file("", data[start:])
        return
    insides.note("office.odd_object")
    for target in find_targets(data):
        note_loaded("object", target, insides)
