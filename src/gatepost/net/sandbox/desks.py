"""The desks at which the children of the sandbox open files: prepared once in the nursery, one for each mail."""

import functools
import sys

from gatepost.message.attachments.opening import load_openers, make_desk
from gatepost.message.attachments.rules import NO_RULES, RuleSet
from gatepost.net.sandbox.child import MakeDesk


def prepare_desks() -> MakeDesk:
    """Load every opener, and the YARA rules that the gate gives on standard input; give what makes a desk."""
    load_openers()
    packed = sys.stdin.buffer.read()
    return functools.partial(make_desk, rules=RuleSet.load(packed) if packed else NO_RULES)
