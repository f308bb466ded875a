"""Writes down who writes to whom, as numbers (screen/lookups/contact_keys.py), and forgets it again.

A line is begun by mail that was simply delivered; what is held or refused only adds to a line that is there, and only
where its sender is proven. So neither a flood of spam nor a forger fills the book. (When it is rebuilt, what was held
may come first, and `held` end lower than it was.) Where it grows too long, those of whom least is known go first:
`rank`.

Trust: the numbers come from the journal. Fails: as the connection does.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from gatepost.model.facts import Imprint, Line, Way
from gatepost.model.verdict import Action, Decision
from gatepost.store.entries import MailEntry
from gatepost.store.rows import EPOCH

STRANGER, PROVEN, KNOWN = range(3)  # ranks

_COUNTS = ("delivered", "by_dkim", "by_spf", "by_seal", "by_network", "written")
_WAYS = {Way.DKIM: "by_dkim", Way.SPF: "by_spf", Way.SEAL: "by_seal", Way.NETWORK: "by_network"}
_PASSED = frozenset({Action.DELIVER, Action.FLAG, Action.CLEAN})

_ADD = text("""
    INSERT INTO contacts
        (key, name, organisation, first_day, last_day,
         delivered, by_dkim, by_spf, by_seal, by_network, held, written, rank)
    VALUES (:key, :name, :organisation, :day, :day, :delivered, :by_dkim, :by_spf, :by_seal, :by_network, 0, :written,
            :rank)
    ON CONFLICT (key) DO UPDATE SET
        name = coalesce(excluded.name, name),
        organisation = coalesce(excluded.organisation, organisation),
        first_day = min(first_day, excluded.first_day),
        last_day = max(last_day, excluded.last_day),
        delivered = delivered + excluded.delivered,
        by_dkim = by_dkim + excluded.by_dkim,
        by_spf = by_spf + excluded.by_spf,
        by_seal = by_seal + excluded.by_seal,
        by_network = by_network + excluded.by_network,
        written = written + excluded.written,
        rank = CASE WHEN rank > 0 AND excluded.rank > 0 THEN 2 ELSE max(rank, excluded.rank) END
""")
_ADD_HELD = text("UPDATE contacts SET held = max(0, held + :held) WHERE key = :key")
_ADD_SENT = text("INSERT INTO sent_mails (key, day) VALUES (:key, :day) ON CONFLICT (key) DO NOTHING")
_FORGET_OLD_CONTACTS = text("DELETE FROM contacts WHERE rank IN (0, 1, 2) AND last_day < :day")  # all: by the index
_FORGET_OLD_SENT = text("DELETE FROM sent_mails WHERE day < :day")
_COUNT_CONTACTS = text("SELECT count(*) FROM contacts")
_COUNT_SENT = text("SELECT count(*) FROM sent_mails")
_FORGET_SOME_CONTACTS = text(
    "DELETE FROM contacts WHERE key IN (SELECT key FROM contacts ORDER BY rank, last_day LIMIT :excess)"
)
_FORGET_SOME_SENT = text("DELETE FROM sent_mails WHERE key IN (SELECT key FROM sent_mails ORDER BY day LIMIT :excess)")


@dataclass(slots=True)
class ContactChanges:
    """What mails change in the book; changes to one line are one."""

    lines: dict[int, dict[str, Any]] = field(default_factory=dict)
    held: Counter[int] = field(default_factory=Counter)
    sent: dict[int, int] = field(default_factory=dict)  # the day, by key

    def add_mail(self, entry: MailEntry) -> None:
        """Add what one mail leaves behind by the verdict on it."""
        imprint = entry.verdict.screening.facts.imprint
        if imprint is None:
            return
        day = (entry.received_at - EPOCH).days
        decisions = entry.verdict.decisions
        for line in imprint.lines:
            if line.recipient_number >= len(decisions):
                continue  # nobody decided about it
            fate = _find_fate(decisions[line.recipient_number])
            if fate is Action.DELIVER:
                self._add_delivered(line, imprint, day)
            elif imprint.ways and fate is not Action.DEFER:  # what is put off comes again
                self.held[line.pair] += 1
        if decisions and entry.verdict.action in _PASSED:
            self._add_ours(imprint, day)

    def add_release(self, entry: MailEntry, recipient_number: int) -> None:
        """Count a mail that a person let out of quarantine as one that was delivered."""
        imprint = entry.verdict.screening.facts.imprint
        if imprint is None or _find_fate(entry.verdict.decisions[recipient_number]) is Action.DELIVER:
            return  # that one is counted already
        for line in imprint.lines:
            if line.recipient_number == recipient_number:
                self._add_delivered(line, imprint, (entry.received_at - EPOCH).days)
                if imprint.ways:
                    self.held[line.pair] -= 1

    def _add_delivered(self, line: Line, imprint: Imprint, day: int) -> None:
        rank = PROVEN if imprint.ways else STRANGER
        self._find_line(line.reader, day, rank)["delivered"] += 1  # where any address is taken, readers can be made up
        pair = self._find_line(line.pair, day, rank)
        pair["delivered"] += 1
        if imprint.ways:
            pair["organisation"] = imprint.organisation
            pair["name"] = line.name if line.name is not None else pair["name"]
        for way in imprint.ways:
            pair[_WAYS[way]] += 1

    def _add_ours(self, imprint: Imprint, day: int) -> None:
        for key in imprint.written:
            self._find_line(key, day, KNOWN)["written"] += 1
        self.sent.update(dict.fromkeys(imprint.sent, day))

    def _find_line(self, key: int, day: int, rank: int) -> dict[str, Any]:
        line = self.lines.get(key)
        if line is None:
            line = {"key": key, "name": None, "organisation": None, "day": day, "rank": rank}
            line |= dict.fromkeys(_COUNTS, 0)
            self.lines[key] = line
        line["rank"] = max(line["rank"], rank)
        return line


def _find_fate(decision: Decision) -> Action:
    """Give what was thought of a mail, also where shadow mode lets it through."""
    return decision.would_be or decision.action


def write_changes(connection: Connection, changes: ContactChanges) -> None:
    """Write everything down."""
    if changes.lines:
        connection.execute(_ADD, list(changes.lines.values()))
    if changes.held:
        connection.execute(_ADD_HELD, [{"key": key, "held": count} for key, count in changes.held.items()])
    if changes.sent:
        connection.execute(_ADD_SENT, [{"key": key, "day": day} for key, day in changes.sent.items()])


def forget_contacts(connection: Connection, before_day: int, max_count: int) -> None:
    """Forget whoever was last heard of before a day, and those above the number of whom least is known."""
    connection.execute(_FORGET_OLD_CONTACTS, {"day": before_day})
    connection.execute(_FORGET_OLD_SENT, {"day": before_day})
    for count, forget in ((_COUNT_CONTACTS, _FORGET_SOME_CONTACTS), (_COUNT_SENT, _FORGET_SOME_SENT)):
        excess = int(connection.execute(count).scalar_one()) - max_count
        if excess > 0:
            connection.execute(forget, {"excess": excess})
