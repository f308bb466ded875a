"""Note what the macros of a document are and do.

Trust: everything here is a stranger's.
"""

from itertools import islice

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.compound import CompoundFile
from gatepost.message.attachments.office.vba import Project, is_altered, is_stomped, read_projects, strip_attributes
from gatepost.message.attachments.office.vba_signs import MAX_SOURCE_CHARS, find_strong, read_signs
from gatepost.model.contents import LinkSource

_STORES = ("o", "\x05SummaryInformation", "\x05DocumentSummaryInformation")
MAX_STORES = 50
MAX_STORE_BYTES = 1024 * 1024


def note_projects(compound: CompoundFile, insides: Insides) -> None:
    """Note the VBA projects of a compound file."""
    for project in read_projects(compound):
        _note_project(project, insides)
    if any(trait.code == "office.macro" for trait in insides.traits):
        _note_stores(compound, insides)


def _note_stores(compound: CompoundFile, insides: Insides) -> None:
    """Note words that macros may have put where no source is: captions of their forms, properties of the document."""
    for name in _STORES:
        for path in islice(compound.find(name), MAX_STORES):
            stream = compound.read(path)[:MAX_STORE_BYTES]
            for text in (stream.decode("latin-1"), stream.decode("utf-16-le", "replace")):
                for word in find_strong(text):
                    insides.note("office.macro_suspicious", word)


def _note_project(project: Project, insides: Insides) -> None:
    for module in project.modules:
        hidden = set(find_strong(module.compiled.decode("latin-1"))) - set(find_strong(module.source))
        if is_stomped(module) or hidden:
            insides.note("office.macro_stomped", ": ".join((module.name, *sorted(hidden))))
        elif is_altered(module):
            insides.note("office.macro_altered", module.name)
        if strip_attributes(module.source).strip():
            insides.note("office.macro", module.name)
    if project.is_cut:
        insides.note("office.macro_oversized", "/".join(project.path))
    note_source("\n".join(module.source for module in project.modules), insides)


def note_source(source: str, insides: Insides) -> None:
    """Note what the source of macros does."""
    if len(source) > MAX_SOURCE_CHARS:
        insides.note("office.macro_oversized")
    signs = read_signs(source)
    for code, names in (
        ("office.macro_autorun", signs.starts),
        ("office.macro_suspicious", signs.strong),
        ("office.macro_unusual", signs.weak),
        ("office.macro_writes", signs.writes),
    ):
        for name in names:
            insides.note(code, name)
    if signs.has_procedures:
        insides.note("office.macro_procedures")
    for url in signs.urls:
        insides.link(url, LinkSource.TEXT)
