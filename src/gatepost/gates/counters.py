"""Counters that many processes share: one row of numbers for each worker, in memory that fork hands on.

The supervisor makes them before it forks; each worker adds to its own row only, so no lock is needed; the keeper
reads the sums for /metrics. A reader may see a number one addition old, never half of one (aligned 64 bits).
Fails: OurFault for a name that is not in COUNTERS.
"""

import mmap
from collections.abc import Mapping
from typing import Self

from gatepost.model.errors import OurFault
from gatepost.model.verdict import Action, Verdict

COUNTERS: Mapping[str, str] = {
    "connections_total": "Connections that a gate took.",
    "sessions_refused_total": "Connections that were sent away before the first command: too many, or too early."
    " Where it grows with honest senders, limits in [smtp] are too tight.",
    "sessions_timed_out_total": "Sessions that were ended because the peer was too slow; fast growth may be an attack.",
    "tls_handshakes_total": "TLS handshakes, after STARTTLS or at once, that succeeded.",
    "tls_failures_total": "TLS handshakes that failed; where honest senders fail, look at certificate and key.",
    "commands_total": "Protocol commands that were answered.",
    "protocol_errors_total": "Commands and mails that broke the protocol or a limit.",
    "bytes_received_total": "Bytes that peers sent; with TLS as they are after decryption.",
    "recipients_refused_total": "Recipients that were refused, for good or for now: not ours, unknown, or unclear.",
    "refusals_not_noted_total": "Refusals in the dialog that stand in no history, because one network, or all"
    " together, had too many of them in a minute.",
    "mails_accepted_total": "Mails that got a 250: delivered, flagged, cleaned or quarantined.",
    "mails_cleaned_total": "Of the accepted mails, those that at least one recipient gets without a dangerous file.",
    "mails_rejected_total": "Mails that were refused for good by their verdict.",
    "mails_deferred_total": "Mails that the sender was asked to bring again; fast growth: disk, memory, antivirus,"
    " sandbox or name servers do not do their work.",
    "history_unknown_total": "Mails judged without the history with their sender, because it could not be asked;"
    " growth means that the records cannot be read.",
    "antivirus_scans_total": "Mails, and files in them, about which the antivirus was asked.",
    "antivirus_found_total": "Of what the antivirus was asked about, that in which it found something.",
    "antivirus_failures_total": "Mails that were not scanned because the antivirus did not answer in time;"
    " growth means that clamd is down or busy, and mail is put off.",
    "antivirus_ms_total": "Milliseconds spent waiting for the antivirus.",
    "files_opened_total": "Files of mails that were given to the sandbox.",
    "files_broke_sandbox_total": "Files over which a process of the sandbox died or had to be ended; many of them are"
    " an attack or a defect.",
    "sandbox_wait_ms_total": "Milliseconds that mails with files waited for a process of the sandbox.",
    "sandbox_recalled_total": "Mails from which a process of the sandbox was taken because others waited for it.",
    "sandbox_put_off_total": "Mails put off because there was no process of the sandbox for their files;"
    " growth without sandbox_recalled_total means too few of them: raise [open] children.",
}
GAUGES: Mapping[str, str] = {
    "connections_open": "Connections that are open now; near [smtp] max_connections times workers the house is full.",
    "held_bytes": "Bytes of mails that are being received now; at most [smtp] memory_bytes in each worker.",
}

_OUTCOMES = {Action.REJECT: "mails_rejected_total", Action.DEFER: "mails_deferred_total"}
_NAMES = (*COUNTERS, *GAUGES)
_INDEX = {name: index for index, name in enumerate(_NAMES)}
_BYTES_PER_NUMBER = 8


class CounterRow:
    """The numbers of one worker; the Counters port."""

    __slots__ = ("_numbers",)

    def __init__(self, numbers: "memoryview[int]") -> None:
        self._numbers = numbers

    def add(self, name: str, amount: int = 1) -> None:
        """Add to one number; a gauge goes down by a negative amount."""
        try:
            self._numbers[_INDEX[name]] += amount
        except KeyError:
            raise OurFault(f"no counter is called {name}; see gates/counters.py") from None


class SharedCounters:
    """A table of numbers, one row for each worker slot."""

    def __init__(self, numbers: "memoryview[int]") -> None:
        self._numbers = numbers

    @classmethod
    def create(cls, slots: int) -> Self:
        """Make the table in anonymous memory that child processes share."""
        memory = mmap.mmap(-1, slots * len(_NAMES) * _BYTES_PER_NUMBER)
        return cls(memoryview(memory).cast("q"))

    def row(self, slot: int) -> CounterRow:
        """Give the row of a slot to its new worker: counters go on where the last one stopped, gauges start at 0."""
        numbers = self._numbers[slot * len(_NAMES) : (slot + 1) * len(_NAMES)]
        for gauge in GAUGES:
            numbers[_INDEX[gauge]] = 0
        return CounterRow(numbers)

    def totals(self) -> dict[str, int]:
        """Sum every number over all slots."""
        return {name: sum(self._numbers[index :: len(_NAMES)]) for name, index in _INDEX.items()}


def name_outcome(verdict: Verdict) -> tuple[str, ...]:
    """Give the counters that a mail with this verdict adds to."""
    is_cleaned = any(decision.action is Action.CLEAN for decision in verdict.decisions)
    counted = _OUTCOMES.get(verdict.action, "mails_accepted_total")
    return (counted, "mails_cleaned_total") if is_cleaned else (counted,)
