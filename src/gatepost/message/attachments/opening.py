"""Finds all openers, and opens the files of one mail with them; what the sandboxed process runs."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import cast

from gatepost.message.attachments import openers
from gatepost.message.attachments.desk import Desk, File, Opener
from gatepost.message.attachments.rules import NO_RULES, RuleSet
from gatepost.model.contents import Contents
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import Keep, OpenOrder

_KEEPS: Mapping[Keep, Callable[[File], bool]] = {
    Keep.NOTHING: lambda _file: False,
    Keep.UNLOCKED: lambda file: file.is_unlocked,
    Keep.ALL: lambda _file: True,
}


@cache
def load_openers() -> Mapping[FileKind, tuple[Opener, ...]]:
    """Import every module of openers/, by the kinds that each looks at."""
    names = sorted(module.name for module in pkgutil.iter_modules(openers.__path__))
    modules: Sequence[Opener] = [
        cast("Opener", importlib.import_module(f"{openers.__name__}.{name}")) for name in names
    ]
    return {kind: tuple(module for module in modules if kind in module.OPENS) for kind in FileKind}


def make_desk(passwords: tuple[str, ...], keep: Keep, rules: RuleSet = NO_RULES) -> Desk:
    """Give the desk on which the files of one mail are opened."""
    return Desk(load_openers(), passwords, keeps=_KEEPS[keep], rules=rules)


def open_files(order: OpenOrder, rules: RuleSet = NO_RULES) -> Contents:
    """Open all files of one order; never raises for what they hold."""
    desk = make_desk(order.passwords, order.keep, rules)
    return Contents(tuple(desk.open(each.path, each.name, each.content, each.declared_type) for each in order.files))
