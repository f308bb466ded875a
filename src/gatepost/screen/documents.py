"""How a document is called to its reader: parts of it have names that only programs use.

Trust: names come from a stranger; they are quoted.
"""

from gatepost.screen.carried import Carried
from gatepost.screen.quoting import quote

_INNER = (".bin", ".mso", ".xml", ".rels", ".vml")  # what lies in documents under names that no reader ever sees


def call_document(carried: Carried) -> str:
    """Give the name of the file that the reader would open, "" where nothing has a name."""
    names = [file.name for file in (*carried.holders, carried.file)]
    outer = [name for name in names[1:] if name and not name.lower().endswith(_INNER)]
    return quote((outer or names[:1])[-1])
