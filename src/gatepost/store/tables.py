"""The tables of the records: a view of the journals that can be asked questions.

Moments are whole milliseconds since 1970 UTC (`_ms`), so that SQLite and PostgreSQL order them alike; `_day` is whole
days. `contacts` and `sent_mails` hold nobody's name: keyed numbers (screen/lookups/contact_keys.py) and counts.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

METADATA = MetaData()

MAILS = Table(
    "mails",
    METADATA,
    Column("mail_id", String(32), primary_key=True),
    Column("received_ms", BigInteger, nullable=False),
    Column("mail_from", Text, nullable=False),  # "" is the null sender
    Column("client_ip", String(45), nullable=False),
    Column("helo", Text, nullable=False),
    Column("header_from", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("score", Float, nullable=False),
    Column("was_judged", Boolean, nullable=False),
    Column("findings", Text, nullable=False),  # JSON
    Column("proof", Text, nullable=True),  # JSON; NULL: nobody asked who sent the mail
    Column("file", Text, nullable=True),  # where the raw bytes lie, below the state folder; NULL: no longer kept
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Index("mails_by_file", "file"),
    Index("mails_by_received", "received_ms"),
)

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("mail_id", String(32), ForeignKey("mails.mail_id", ondelete="CASCADE"), primary_key=True),
    Column("recipient_number", Integer, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("would_be", String(16), nullable=False),  # "" without shadow mode
    Column("rule", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reason_zh", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("queued_ms", BigInteger, nullable=False),  # since when the next hop is tried: retries expire from here on
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_ms", BigInteger, nullable=True),
    Column("updated_ms", BigInteger, nullable=False),
    Column("last_status", String(16), nullable=False),
    Column("last_says", Text, nullable=False),
    Column("form", String(16), nullable=False, server_default="original"),  # in which the mail goes to this recipient
    Index("deliveries_by_state", "state", "next_attempt_ms"),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("mail_id", String(32), ForeignKey("mails.mail_id", ondelete="CASCADE"), nullable=False),
    Column("recipient_number", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("says", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("form", String(16), nullable=True),  # that was chosen or delivered; NULL: as before
    Index("events_by_mail", "mail_id"),
)

FILES = Table(
    "files",
    METADATA,
    Column("file", Text, primary_key=True),
    Column("mails_read_bytes", BigInteger, nullable=False),
    Column("events_read_bytes", BigInteger, nullable=False),
)

# No foreign key: what is still to be reported outlives the history of its mail, and has an end of its own.
DMARC_ROWS = Table(
    "dmarc_rows",
    METADATA,
    Column("mail_id", String(32), primary_key=True),
    Column("received_ms", BigInteger, nullable=False),
    Column("policy_domain", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("source_ip", String(45), nullable=False),
    Column("header_from", Text, nullable=False),
    Column("envelope_from", Text, nullable=False),  # a domain, "" for the null sender
    Column("envelope_to", Text, nullable=False),  # JSON: domains
    Column("disposition", String(16), nullable=False),
    Column("dkim_is_aligned", Boolean, nullable=False),
    Column("spf_is_aligned", Boolean, nullable=False),
    Column("overrides", Text, nullable=False),  # JSON
    Column("auth", Text, nullable=False),  # JSON
    Index("dmarc_rows_by_domain", "policy_domain", "received_ms"),
    Index("dmarc_rows_by_received", "received_ms"),
)

_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # there an INTEGER key is the row's own place

# One line is a reader's mail as a whole, or that of one sender to one reader (model/facts.py Contact).
CONTACTS = Table(
    "contacts",
    METADATA,
    Column("key", _NUMBER, primary_key=True, autoincrement=False),
    Column("name", BigInteger, nullable=True),  # reader and the sender's name; NULL: none, or never proven
    Column("organisation", BigInteger, nullable=True),  # the sender's; NULL: never proven
    Column("first_day", Integer, nullable=False),
    Column("last_day", Integer, nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("by_dkim", Integer, nullable=False),
    Column("by_spf", Integer, nullable=False),
    Column("by_seal", Integer, nullable=False),
    Column("by_network", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("written", Integer, nullable=False),
    Column("rank", Integer, nullable=False),  # the lowest is forgotten first
    Index("contacts_by_name", "name", "rank", sqlite_where=text("name IS NOT NULL")),
    Index("contacts_by_rank", "rank", "last_day"),
)

# What our people have sent: a mail's name together with each of those whom it went to, and whom answers go to.
SENT_MAILS = Table(
    "sent_mails",
    METADATA,
    Column("key", _NUMBER, primary_key=True, autoincrement=False),
    Column("day", Integer, nullable=False),
    Index("sent_mails_by_day", "day"),
)
