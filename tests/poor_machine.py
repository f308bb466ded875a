"""A machine that gives a process no namespaces and no Landlock, as some containers do: a filter of system calls."""

import ctypes
import errno
import platform
import struct

from gatepost.net.sandbox import kernel

_NUMBERS = {"x86_64": (272, 165, 444), "aarch64": (97, 40, 444)}  # unshare, mount, landlock_create_ruleset


def refuse_what_is_optional() -> None:
    """Let this process and all that it starts be refused what the sandbox asks for, but can do without."""
    numbers = _NUMBERS[platform.machine()]
    program = struct.pack("HBBI", 0x20, 0, 0, 0)
    for place, number in enumerate(numbers):
        program += struct.pack("HBBI", 0x15, len(numbers) - place, 0, number)
    program += struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000) + struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | errno.EPERM)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    kernel.control_process(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.control_process(kernel.PR_SET_SECCOMP, 2, ctypes.byref(Program(len(program) // 8, program)))
