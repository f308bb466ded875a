"""The desks at which the children of the sandbox open files: prepared once in the nursery, one for each mail."""

import functools
import importlib
import sys

from gatepost.message.ambiguity.read import read_otherwise
from gatepost.message.attachments.archives.libarchive import has_library
from gatepost.message.attachments.desk import Desk
from gatepost.message.attachments.opening import load_openers, make_desk
from gatepost.message.attachments.rules import NO_RULES, RuleSet
from gatepost.model.ports import Keep
from gatepost.net.sandbox.child import MakeDesk

_LOADED_LATE = (  # by libraries, with the first file that needs them: once here is cheaper than once in each child
    "msoffcrypto.format.doc97",
    "msoffcrypto.format.ooxml",
    "msoffcrypto.format.ppt97",
    "msoffcrypto.format.xls97",
    *(
        f"encodings.{name}"
        for name in ("big5", "cp437", "cp850", "cp866", "cp932", "cp1251", "cp1252", "gb18030", "gbk", "utf_8_sig")
    ),
)


def prepare_desks() -> MakeDesk:
    """Load every opener, and the YARA rules that the gate gives on standard input; give what makes a desk."""
    load_openers()
    for name in _LOADED_LATE:
        importlib.import_module(name)
    has_library()  # it is looked for by a program, which no child may start
    packed = sys.stdin.buffer.read()
    return functools.partial(_make_desk, RuleSet.load(packed) if packed else NO_RULES)


def _make_desk(rules: RuleSet, passwords: tuple[str, ...], keep: Keep) -> Desk:
    desk = make_desk(passwords, keep, rules)
    desk.read_otherwise = read_otherwise
    return desk
