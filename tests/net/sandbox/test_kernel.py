"""Calls to the kernel give what it gives, and an error is an OSError with its number."""

import errno
import os

import pytest

from gatepost.net.sandbox import kernel


def test_a_call_gives_what_the_kernel_gives() -> None:
    numbers = {"x86_64": 39, "aarch64": 172}  # getpid
    assert kernel.call(numbers[kernel.MACHINE]) == os.getpid()
    assert kernel.control_process(3) in (0, 1)  # PR_GET_DUMPABLE


def test_an_error_has_its_number() -> None:
    for do, number in (
        (lambda: kernel.control_process(99_999), errno.EINVAL),
        (lambda: kernel.call(99_999), errno.ENOSYS),
        (lambda: kernel.leave_namespaces(1), errno.EINVAL),
        (lambda: kernel.mount("none", "/nowhere/at/all", "tmpfs", 0), None),
    ):
        with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is what is asked
            do()
        assert number in (None, caught.value.errno)
