"""The filter of system calls that a child of the sandbox lives behind: what is not listed does not exist.

Standards: seccomp(2), classic BPF.
A call that only an attack makes (another program, another process, the kernel's own works) ends the process at once.
Any other that is not listed is answered as if the kernel did not know it, so that libraries take another way.
Fails: OSError where the kernel takes no filter; UnknownMachineError where the numbers of calls are not known here.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterator

from gatepost.net.sandbox.kernel import MACHINE, PR_SET_SECCOMP, control_process
from gatepost.net.sandbox.syscalls import ALLOWED, ARCHITECTURES, DEADLY, ON_ITSELF, ON_TERMINALS

_SECCOMP_MODE_FILTER = 2
_KILL_PROCESS = 0x80000000
_ALLOW = 0x7FFF0000
_UNKNOWN = 0x00050000 | errno.ENOSYS
_NO_TERMINAL = 0x00050000 | errno.ENOTTY  # Python then marks its files by another call
_X32_BIT = 0x40000000  # numbers of another way of calling, which the list does not cover

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT = 0, 4, 16
_INSTRUCTION = struct.Struct("HBBI")


class UnknownMachineError(Exception):
    """The numbers of system calls are not known for this kind of machine."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_calls() -> None:
    """Let this process make no calls but those that are allowed, for good; needs no-new-privileges."""
    program = b"".join(build_filter(MACHINE, os.getpid()))
    control_process(
        PR_SET_SECCOMP,
        _SECCOMP_MODE_FILTER,
        ctypes.byref(_Program(len(program) // _INSTRUCTION.size, program)),
    )


def build_filter(machine: str, pid: int) -> Iterator[bytes]:
    """Give the instructions of the filter, one after the other; calls that signal or limit may name `pid` only."""
    if machine not in ARCHITECTURES:
        raise UnknownMachineError(machine)
    architecture, column = ARCHITECTURES[machine]
    yield _do(_LOAD, _AT_ARCHITECTURE)
    yield from _unless(_EQUAL, architecture, _KILL_PROCESS)
    yield _do(_LOAD, _AT_NUMBER)
    yield from _when(_AT_LEAST, _X32_BIT, _KILL_PROCESS)
    for table, answer in ((ALLOWED, _ALLOW), (DEADLY, _KILL_PROCESS), (ON_TERMINALS, _NO_TERMINAL)):
        for number in (numbers[column] for numbers in table.values()):
            if number is not None:
                yield from _when(_EQUAL, number, answer)
    for (_name, zero_is_itself), numbers in ON_ITSELF.items():
        yield from _when_on_itself(numbers[column], pid, zero_is_itself=zero_is_itself)
    yield _do(_RETURN, _UNKNOWN)


def _when_on_itself(number: int | None, pid: int, *, zero_is_itself: bool) -> Iterator[bytes]:
    if number is None:
        return
    answer = b"".join(
        (
            _do(_LOAD, _AT_FIRST_ARGUMENT),
            *_when(_EQUAL, pid, _ALLOW),
            *(_when(_EQUAL, 0, _ALLOW) if zero_is_itself else ()),
            _do(_RETURN, _KILL_PROCESS),
        )
    )
    yield _jump(_EQUAL, number, otherwise=len(answer) // _INSTRUCTION.size)
    yield answer


def _when(comparison: int, value: int, answer: int) -> Iterator[bytes]:
    yield _jump(comparison, value, otherwise=1)
    yield _do(_RETURN, answer)


def _unless(comparison: int, value: int, answer: int) -> Iterator[bytes]:
    yield _jump(comparison, value, then=1)
    yield _do(_RETURN, answer)


def _do(code: int, value: int) -> bytes:
    return _INSTRUCTION.pack(code, 0, 0, value)


def _jump(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return _INSTRUCTION.pack(code, then, otherwise, value)
