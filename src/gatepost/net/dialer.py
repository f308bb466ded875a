"""Opens streams to other hosts and to Unix sockets.

Standards: RFC 8305 (Happy Eyeballs: addresses are tried in turn, each a little after the one before), RFC 6761 §6.3.
Fails: PeerGone, which names the endpoint and the reason.
"""

import asyncio
import ipaddress
import os
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

from gatepost.model.errors import PeerGone, TryLater
from gatepost.model.ports import Endpoint, Resolver
from gatepost.net.streams import AsyncioStream
from gatepost.net.tls_contexts import ClientContexts

STAGGER_S = 0.25  # RFC 8305 §5, Connection Attempt Delay
MAX_ADDRESSES = 8

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291 §2.4; NAT64's prefixes lie outside
_LOCALHOST = ("127.0.0.1", "::1")


class SystemDialer:
    """Asks the resolver for addresses, and the system (/etc/hosts) for names that the resolver does not know.

    Addresses that `accepts` refuses are never connected to, whatever name leads to them.
    """

    def __init__(
        self, resolver: Resolver, contexts: ClientContexts, accepts: Callable[[str], bool] = lambda _: True
    ) -> None:
        self._resolver = resolver
        self._contexts = contexts
        self._accepts = accepts

    async def connect(self, endpoint: Endpoint, *, timeout_s: float) -> AsyncioStream:
        """Connect within `timeout_s`; raise PeerGone with the reason when that fails."""
        try:
            async with asyncio.timeout(timeout_s):
                if endpoint.unix_path:
                    return await self._connect_unix(endpoint)
                addresses = [one for one in await self._find_addresses(endpoint.host) if self._accepts(one)]
                return await self._race(addresses, endpoint)
        except TimeoutError as error:
            raise PeerGone(f"{endpoint} did not answer within {timeout_s:g} s") from error
        except (OSError, UnicodeError) as error:  # the system's own resolver refuses some names with UnicodeError
            raise PeerGone(f"{endpoint} cannot be reached: {_explain(error)}", str(error)) from error

    def _make_stream(self, endpoint: Endpoint) -> AsyncioStream:
        return AsyncioStream(str(endpoint), self._contexts)

    async def _connect_unix(self, endpoint: Endpoint) -> AsyncioStream:
        loop = asyncio.get_running_loop()
        _, stream = await loop.create_unix_connection(lambda: self._make_stream(endpoint), endpoint.unix_path)
        return stream

    async def _find_addresses(self, host: str) -> Sequence[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        if host.lower() == "localhost":
            return _LOCALHOST
        try:
            found = await self._resolver.lookup_addresses(host)
        except TryLater:
            found = ()
        return interleave_families(found or await _ask_system(host))[:MAX_ADDRESSES]

    async def _race(self, addresses: Sequence[str], endpoint: Endpoint) -> AsyncioStream:
        """Give the first stream that connects; raise the last OSError when none does."""
        errors: list[OSError] = []
        attempts: list[asyncio.Task[AsyncioStream | None]] = []
        found = winner = None
        try:
            async with asyncio.TaskGroup() as tasks:
                for address in addresses:
                    attempts.append(tasks.create_task(self._try(address, endpoint, errors)))
                    found = await _first_stream(attempts, STAGGER_S if address is not addresses[-1] else None)
                    if found is not None:
                        break
                for attempt in attempts:
                    attempt.cancel()
            winner = found
        finally:  # nobody may wait any more for what has just connected
            for stream in _streams(attempts):
                if stream is not winner:
                    stream.abort()
        if winner is None:
            raise errors[-1] if errors else OSError("the name has no address that may be connected to")
        return winner

    async def _try(self, address: str, endpoint: Endpoint, errors: list[OSError]) -> AsyncioStream | None:
        loop = asyncio.get_running_loop()
        try:
            _, stream = await loop.create_connection(lambda: self._make_stream(endpoint), address, endpoint.port)
        except OSError as error:
            errors.append(error)
            return None
        return stream


async def _first_stream(
    attempts: Sequence[asyncio.Task[AsyncioStream | None]], timeout_s: float | None
) -> AsyncioStream | None:
    """Wait until an attempt succeeds, all have failed, or the time is over."""
    waiting = {attempt for attempt in attempts if not attempt.done()}
    while waiting:
        done, waiting = await asyncio.wait(waiting, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if not done or any(_streams(attempts)):
            break
    return next(_streams(attempts), None)


def is_public(address: str) -> bool:
    """Say whether an address is on the public internet, also where an IPv6 address only wraps an IPv4 one.

    >>> [is_public(one) for one in ("1.1.1.1", "10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2606:4700::1111")]
    [True, False, False, False, True]
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inner is not None:
            return is_public(str(inner))
        return ip in _GLOBAL_UNICAST and ip.is_global
    return ip.is_global and not ip.is_multicast


def _streams(attempts: Iterable[asyncio.Task[AsyncioStream | None]]) -> Iterator[AsyncioStream]:
    for attempt in attempts:
        if attempt.done() and not attempt.cancelled() and (stream := attempt.result()) is not None:
            yield stream


def _explain(error: OSError | UnicodeError) -> str:
    """Give the system's words; asyncio puts its own in their place, and a resolver's codes are negative."""
    if isinstance(error, UnicodeError):
        return "no host can have this name"
    return os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)


async def _ask_system(host: str) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def interleave_families(addresses: Iterable[str]) -> list[str]:
    """Order addresses so that IPv6 and IPv4 take turns, IPv6 first (RFC 8305 §4).

    >>> interleave_families(["192.0.2.1", "192.0.2.2", "2001:db8::1"])
    ['2001:db8::1', '192.0.2.1', '192.0.2.2']
    """
    ordered = list(dict.fromkeys(addresses))
    six = [address for address in ordered if ":" in address]
    four = [address for address in ordered if ":" not in address]
    return [address for pair in zip_longest(six, four) for address in pair if address is not None]
