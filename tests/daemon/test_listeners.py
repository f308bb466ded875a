"""Sockets that share an address, and addresses that cannot be had."""

import contextlib
import os
import select
import socket
from collections.abc import Iterator

import pytest

from gatepost.daemon.listeners import open_listeners, require_free
from gatepost.model.errors import BadSettings


@pytest.fixture
def opened() -> Iterator[contextlib.ExitStack]:
    with contextlib.ExitStack() as stack:
        yield stack


def open_all(stack: contextlib.ExitStack, listen: str, count: int) -> list[socket.socket]:
    return [stack.enter_context(each) for each in open_listeners(listen, count)]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_all_sockets_share_the_port_that_the_kernel_chose(opened: contextlib.ExitStack, host: str) -> None:
    listeners = open_all(opened, f"{host}:0", 3)
    (port,) = {each.getsockname()[1] for each in listeners}
    assert port != 0
    assert not any(each.getblocking() for each in listeners)
    waiting = set()
    for _ in range(60):
        opened.enter_context(socket.create_connection((host.strip("[]"), port), 5))
    for each in listeners:
        if select.select([each], [], [], 1)[0]:
            waiting.add(each.fileno())
    assert len(waiting) == 3  # the kernel spreads them


def test_a_connection_waits_while_nobody_takes_it(opened: contextlib.ExitStack) -> None:
    (listener,) = open_all(opened, "127.0.0.1:0", 1)
    caller = opened.enter_context(socket.create_connection(listener.getsockname(), 5))
    caller.sendall(b"EHLO x\r\n")
    taken, _ = listener.accept()
    opened.enter_context(taken)
    taken.setblocking(True)
    assert taken.recv(100) == b"EHLO x\r\n"


def test_a_taken_port_is_told_with_its_setting(opened: contextlib.ExitStack) -> None:
    taken = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
    listen = f"127.0.0.1:{taken.getsockname()[1]}"
    for attempt in (lambda: open_listeners(listen, 2), lambda: require_free(listen)):
        with pytest.raises(BadSettings) as caught:
            attempt()
        assert caught.value.public == f"[smtp] listen: {listen} cannot be listened on (Address already in use)"


def test_a_port_that_another_gate_would_share_is_not_free(opened: contextlib.ExitStack) -> None:
    """Two gates of one user could listen on one port, and each got half the mail."""
    (listener,) = open_all(opened, "127.0.0.1:0", 1)
    listen = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(BadSettings, match="Address already in use"):
        require_free(listen)
    open_all(opened, listen, 1)  # a reload may open more of them all the same


def test_asking_whether_an_address_is_free_does_not_take_it(opened: contextlib.ExitStack) -> None:
    (listener,) = open_all(opened, "127.0.0.1:0", 1)
    listen = f"127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    require_free(listen)
    require_free(listen)
    open_all(opened, listen, 2)


@pytest.mark.parametrize(
    ("listen", "reason"),
    [("192.0.2.1:0", "Cannot assign requested address"), ("no.such.host.invalid:0", "cannot be listened on")],
)
def test_an_address_that_is_not_ours_is_told_and_leaves_nothing_open(listen: str, reason: str) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - descriptors, not paths
    with pytest.raises(BadSettings, match=reason):
        open_listeners(listen, 2)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
