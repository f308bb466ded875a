"""The desks at which the children of the sandbox open files: prepared once in the nursery, one for each mail."""

from gatepost.message.attachments.opening import load_openers, make_desk
from gatepost.net.sandbox.child import MakeDesk


def prepare_desks() -> MakeDesk:
    """Load every opener; give what makes a desk."""
    load_openers()
    return make_desk
