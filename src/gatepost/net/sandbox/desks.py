"""The desks at which the children of the sandbox open files: prepared once in the nursery, one for each mail."""

import functools
import sys

from gatepost.message.attachments.archives.libarchive import has_library
from gatepost.message.attachments.opening import load_openers, make_desk
from gatepost.message.attachments.rules import NO_RULES, RuleSet
from gatepost.net.sandbox.child import MakeDesk


def prepare_desks() -> MakeDesk:
    """Load every opener, and the YARA rules that the gate gives on standard input; give what makes a desk."""
    load_openers()
    has_library()  # it is looked for by a program, which no child may start
    packed = sys.stdin.buffer.read()
    return functools.partial(make_desk, rules=RuleSet.load(packed) if packed else NO_RULES)
