"""Relations of a document that lead out of it: which are loaded by opening it, and which only by a click.

Standards: ECMA-376-2 §9.3 (relationships), ECMA-376-1 §11.3, §12.3, §13.3 (which parts may be outside).
Trust: targets are a stranger's. Honest documents name templates and workbooks on their authors' own machines.
"""

from collections.abc import Callable, Mapping

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.targets import is_far, is_share, is_strange, note_clicked, note_loaded

_PICTURES = frozenset({"image", "video", "audio", "media", "hdphoto", "slideupdateurl", "thumbnail"})
_SHEETS = frozenset(
    {"externallinkpath", "externallinklong", "xlpathmissing", "xlstartup", "xlalternatestartup", "xllibrary"}
)
_ACTIVE = frozenset({"oleobject", "frame", "subdocument", "afchunk", "package", "control", "vbaproject", "customxml"})


def note_relationship(kind: str, target: str, insides: Insides) -> None:
    """Note one relation to something outside; `kind` is its type, a URL of which the last word counts."""
    word = kind.rstrip("/").rpartition("/")[2].casefold()
    target = target.strip()
    look = _LOOKS.get(word)
    if look:
        look(target, insides)
    elif is_strange(target) or is_share(target):
        note_loaded(word, target, insides)
    elif is_far(target):
        is_run = target.endswith("!")  # asks for a part of what is loaded, as a script
        insides.note("office.strange_target" if is_run else "office.external_object", f"{word}: {target}")
        _link(target, insides)
    elif word in _ACTIVE:
        insides.note("office.linked_file", target)


def note_template(target: str, insides: Insides) -> None:
    """Note a template that lies elsewhere; those on the author's own machine are ordinary."""
    if is_share(target):
        insides.note("office.template_on_share", target)
    elif is_far(target) or is_strange(target):
        insides.note("office.remote_template", target)
        _link(target, insides)


def _note_picture(target: str, insides: Insides) -> None:
    if is_strange(target) or is_share(target):
        note_loaded("picture", target, insides)
    elif is_far(target):
        insides.note("office.loads_picture", target)
        _link(target, insides)


def _note_sheet(target: str, insides: Insides) -> None:
    insides.note("office.loads_share" if is_share(target) else "office.linked_sheet", target)
    _link(target, insides)


def _link(target: str, insides: Insides) -> None:
    if "://" in target:
        insides.link(target)


_LOOKS: Mapping[str, Callable[[str, Insides], None]] = {
    "hyperlink": note_clicked,
    "attachedtemplate": note_template,
    **dict.fromkeys(_PICTURES, _note_picture),
    **dict.fromkeys(_SHEETS, _note_sheet),
}
