"""The digests of a mail's body that its signatures ask for: each made once, for DKIM and ARC together.

Standards: RFC 6376 §3.4.3, §3.4.4 (canonical bodies), §3.5 (l=), §3.7 (hashing); RFC 8617 §4.1.2.
Trust: every byte comes from the mail's author; the lengths, too.
Fails: never. One pass over the body serves all lengths of a form, and keeps digests and sizes only.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from gatepost.message.message import Message
from gatepost.origin.arc_chain import BrokenChain, find_sets, read_message_signature
from gatepost.origin.dkim_canonical import Form, iterate_message_body
from gatepost.origin.dkim_signature import MAX_SIGNATURES, BadSignature, DkimSignature, parse_signature

MAX_LENGTHS = 3  # different l= of one mail that are hashed; honest mails have none


@dataclass(slots=True)
class BodyDigests:
    """What the body of one mail hashes to; both whole forms, and parts of them within the limit."""

    message: Message
    max_lengths: int = MAX_LENGTHS
    _lengths: dict[tuple[Form, int], None] = field(default_factory=dict)  # that were asked for, in their order
    _sizes: dict[Form, int] = field(default_factory=dict)
    _digests: dict[tuple[Form, int | None], bytes] = field(default_factory=dict)

    def expect(self, signature: DkimSignature) -> None:
        """Note what a signature will ask for, so that one pass finds it together with the rest."""
        form, length = signature.body_form, signature.body_length
        if length is not None and len(self._lengths) < self.max_lengths:
            self._lengths[form, length] = None

    def measure(self, form: Form) -> int:
        """Give the size of the whole canonical body."""
        if form not in self._sizes:
            self._hash(form)
        return self._sizes[form]

    def digest(self, form: Form) -> bytes:
        """Give the SHA-256 digest of the whole canonical body."""
        if (form, None) not in self._digests:
            self._hash(form)
        return self._digests[form, None]

    def digest_part(self, form: Form, length: int) -> bytes | None:
        """Give the SHA-256 digest of the first `length` bytes; None past the limit of different lengths."""
        if length >= self.measure(form):
            return self.digest(form)
        if (form, length) not in self._digests:
            if (form, length) not in self._lengths and len(self._lengths) >= self.max_lengths:
                return None
            self._lengths[form, length] = None
            self._hash(form)
        return self._digests[form, length]

    def digest_signed(self, signature: DkimSignature) -> bytes | None:
        """Give the digest of what a signature says that it signs; None past the limit of different lengths."""
        length = signature.body_length
        return self.digest(signature.body_form) if length is None else self.digest_part(signature.body_form, length)

    def _hash(self, form: Form) -> None:
        """Go over the body once, and keep every digest of this form that was asked for."""
        whole, size = hashlib.sha256(), 0
        parts = {length: hashlib.sha256() for asked, length in self._lengths if asked is form}
        for piece in iterate_message_body(self.message, form):
            whole.update(piece)
            for length, part in parts.items():
                if length > size:
                    part.update(memoryview(piece)[: length - size])
            size += len(piece)
        self._sizes[form] = size
        self._digests[form, None] = whole.digest()
        self._digests.update({(form, length): part.digest() for length, part in parts.items()})


def prepare_digests(message: Message) -> BodyDigests:
    """Make all digests that the signatures of a mail ask for; it touches nothing else, so a thread may do it."""
    bodies = BodyDigests(message)
    signatures = list(_list_signatures(message))
    for signature in signatures:
        bodies.expect(signature)
    for signature in signatures:
        bodies.digest_signed(signature)
    return bodies


def _list_signatures(message: Message) -> Iterator[DkimSignature]:
    """Give what can be read of the signatures that will be verified."""
    for header in message.all_headers("dkim-signature")[:MAX_SIGNATURES]:
        with suppress(BadSignature):
            yield parse_signature(header.value)
    with suppress(BadSignature, BrokenChain):
        if sets := find_sets(message):
            yield read_message_signature(sets[-1].signature)
