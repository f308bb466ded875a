"""Landlock: a child of the sandbox may read the code that it runs and write into its own folder, and nothing else.

Source: the kernel's Documentation/userspace-api/landlock.rst.
Fails: OSError where the kernel has no Landlock; needs no-new-privileges.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from gatepost.net.sandbox.kernel import call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every kind of machine
_ASK_VERSION = 1
_PATH_BENEATH = 1
_WRITE_FILE, _READ_FILE, _READ_FOLDER, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
_REMOVE_FOLDER, _REMOVE_FILE, _MAKE_FOLDER, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_OF_FOLDERS = _WRITE_FILE | _READ_FILE | _READ_FOLDER | _REMOVE_FOLDER | _REMOVE_FILE | _MAKE_FOLDER | _MAKE_FILE
_OF_A_FILE = _WRITE_FILE | _READ_FILE | _TRUNCATE
_ALL_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}  # since which version
_ALL_NETWORK_RIGHTS = {4: 0b11}
_ALL_SCOPES = {6: 0b11}  # abstract Unix sockets and signals of processes outside


def close_files(readable: Iterable[Path], writable: Path) -> int:
    """Close everything but these folders and files for good; give the version of Landlock that does it."""
    version = call(_CREATE_RULESET, None, 0, _ASK_VERSION)
    rights = [_rights(table, version) for table in (_ALL_FILE_RIGHTS, _ALL_NETWORK_RIGHTS, _ALL_SCOPES)]
    attributes = struct.pack("QQQ", *rights)[: 8 * sum(1 for since in (1, 4, 6) if version >= since)]
    rules = call(_CREATE_RULESET, ctypes.c_char_p(attributes), len(attributes), 0)
    try:
        for path in readable:
            _add_rule(rules, path, (_READ_FILE | _READ_FOLDER) & rights[0])
        _add_rule(rules, writable, (_OF_FOLDERS | _TRUNCATE) & rights[0])
        call(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    return version


def _rights(by_version: dict[int, int], version: int) -> int:
    return max((rights for since, rights in by_version.items() if since <= version), default=0)


def _add_rule(rules: int, path: Path, rights: int) -> None:
    """Open one folder or file; one that is not there, or not for us, stays closed."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        is_folder = stat.S_ISDIR(os.fstat(place).st_mode)
        rule = struct.pack("=Qi", rights if is_folder else rights & _OF_A_FILE, place)
        call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.c_char_p(rule), 0)
    finally:
        os.close(place)
