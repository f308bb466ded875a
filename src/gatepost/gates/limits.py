"""What one peer network may take of a gate: connections at once, connections and commands a minute.

A network is what model/networks.py says. Each worker counts for itself.
Trust: only the peer's address, which the kernel gives.
Memory: at most MAX_NETWORKS entries; the one unused for longest makes room.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from gatepost.model.networks import Network, name_network
from gatepost.model.ports import Clock

MAX_NETWORKS = 32_768

REFUSALS_PER_MINUTE = 10  # of one network that are written down: who tries names out must not fill the books

_SECONDS_PER_MINUTE = 60.0
_MAX_EVICTION_TRIES = 16


@dataclass(frozen=True, slots=True)
class PeerRules:
    """How much one peer network may take; `trusted` networks are not limited."""

    max_connections: int
    connections_per_minute: int
    commands_per_minute: int
    trusted: Sequence[Network] = ()


class TokenBucket:
    """Lets through `per_minute` on average and as many in one burst."""

    __slots__ = ("_at_s", "_tokens")

    def __init__(self, per_minute: int, now_s: float) -> None:
        self._tokens = float(per_minute)
        self._at_s = now_s

    def take(self, count: int, per_minute: int, now_s: float) -> bool:
        """Take tokens if there are enough; what is missing grows back with time."""
        grown = self._tokens + (now_s - self._at_s) * per_minute / _SECONDS_PER_MINUTE
        self._tokens = min(grown, float(per_minute))
        self._at_s = now_s
        if self._tokens < count:
            return False
        self._tokens -= count
        return True


class Peer:
    """What one network has taken; shared by all its sessions in this worker."""

    __slots__ = ("_clock", "_commands", "_connections", "_open_count", "_refusals", "_rules")

    def __init__(self, rules: PeerRules, clock: Clock) -> None:
        now_s = clock.monotonic_s()
        self._rules = rules
        self._clock = clock
        self._open_count = 0
        self._connections = TokenBucket(rules.connections_per_minute, now_s)
        self._commands = TokenBucket(rules.commands_per_minute, now_s)
        self._refusals = TokenBucket(REFUSALS_PER_MINUTE, now_s)

    @property
    def is_connected(self) -> bool:
        """Say whether a session of this network is open."""
        return self._open_count > 0

    def open_connection(self) -> bool:
        """Count one more connection, if the network may have it; then close_connection must follow."""
        if self._open_count >= self._rules.max_connections:
            return False
        if not self._connections.take(1, self._rules.connections_per_minute, self._clock.monotonic_s()):
            return False
        self._open_count += 1
        return True

    def close_connection(self) -> None:
        """Count one connection less."""
        self._open_count -= 1

    def spend_commands(self, count: int) -> bool:
        """Say whether the network may have given so many commands more."""
        return self._commands.take(count, self._rules.commands_per_minute, self._clock.monotonic_s())

    def spend_refusal(self) -> bool:
        """Say whether one more refusal of this network may be written down."""
        return self._refusals.take(1, REFUSALS_PER_MINUTE, self._clock.monotonic_s())


class TrustedPeer(Peer):
    """A network that is not limited."""

    __slots__ = ()

    def open_connection(self) -> bool:
        """Let in."""
        return True

    def close_connection(self) -> None:
        """Count nothing."""

    def spend_commands(self, count: int) -> bool:  # noqa: ARG002 - the same signature, no limit
        """Let through."""
        return True

    def spend_refusal(self) -> bool:
        """Let through."""
        return True


class PeerLimits:
    """All networks that were seen lately."""

    def __init__(self, rules: PeerRules, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._peers: OrderedDict[str, Peer] = OrderedDict()
        self._trusted = TrustedPeer(rules, clock)

    def find_peer(self, client_ip: str) -> Peer:
        """Give the account of the network that an address belongs to; "" (a Unix socket) is trusted."""
        if not client_ip:
            return self._trusted
        key = name_network(client_ip)
        peer = self._peers.get(key)
        if peer is None:
            peer = self._open_account(key, client_ip)
        else:
            self._peers.move_to_end(key)
        return peer

    @property
    def network_count(self) -> int:
        """Say how many networks are remembered."""
        return len(self._peers)

    def _open_account(self, key: str, client_ip: str) -> Peer:
        address = ipaddress.ip_address(client_ip)
        is_trusted = any(address in network for network in self._rules.trusted)
        peer = self._trusted if is_trusted else Peer(self._rules, self._clock)
        self._peers[key] = peer
        if len(self._peers) > MAX_NETWORKS:
            self._make_room()
        return peer

    def _make_room(self) -> None:
        """Forget the network unused for longest, but rather one without an open connection."""
        for _ in range(_MAX_EVICTION_TRIES):
            key, peer = self._peers.popitem(last=False)
            if not peer.is_connected:
                return
            self._peers[key] = peer
        self._peers.popitem(last=False)
