"""Numbers that stand for people, names and mails in the history of contacts: nobody can read them back.

Keyed BLAKE2b with a secret of this installation: whoever chooses an address cannot choose its number, and whoever gets
the history without the secret cannot try addresses out. Of a million entries a stranger meets one by chance with
probability 5e-14.
"""

import hashlib

SECRET_BYTES = 32

_KEY_BYTES = 8


class ContactKeys:
    """Makes the numbers: 64 bits, signed, as SQLite has them."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def reader(self, reader: str) -> int:
        """Name a recipient, or all of a domain (`@example.org`)."""
        return self._make(b"reader", reader, "")

    def pair(self, reader: str, sender: str) -> int:
        """Name a reader together with one who writes."""
        return self._make(b"pair", reader, sender)

    def name(self, reader: str, name: str) -> int:
        """Name a reader together with the name of one who writes."""
        return self._make(b"name", reader, name)

    def organisation(self, domain: str) -> int:
        """Name an organisation by its registrable domain, or by an address where that has many customers."""
        return self._make(b"organisation", domain, "")

    def sent(self, message_id: str, address: str) -> int:
        """Name a mail together with one whom it went to."""
        return self._make(b"sent", message_id, address)

    def _make(self, kind: bytes, one: str, other: str) -> int:
        text = f"{len(one)}:{one}{other}".encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(text, digest_size=_KEY_BYTES, key=self._secret, person=kind).digest()
        return int.from_bytes(digest, "big", signed=True)
