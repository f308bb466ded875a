"""Sign a mail with DKIM.

Standards: RFC 6376 §5 (signing), §5.4 (what to sign), §8.15 (naming a header once more, so that none can be added);
RFC 8463 (Ed25519 beside RSA); RFC 8058 §4 (List-Unsubscribe must be signed).
Trust: the mail may be anybody's; nothing of it reaches the new header but digests.
Fails: never for a mail; BadSignature when a signer's domain or selector is no domain.
"""

import base64
from collections.abc import Iterable
from datetime import datetime

from gatepost.message.message import Message
from gatepost.origin.body_digests import BodyDigests
from gatepost.origin.dkim_canonical import Form, canonicalize_selected
from gatepost.origin.dkim_signer import DkimSigner, sign_field

OVERSIGNED = (  # named once more than they stand there: what a reader or a client believes
    *("from", "to", "cc", "subject", "date", "reply-to", "message-id"),
    *("mime-version", "content-type", "content-transfer-encoding", "content-disposition"),
)
SIGNED = ("sender", "in-reply-to", "references", "list-id", "list-unsubscribe", "list-unsubscribe-post")
MAX_SIGNED_OF_ONE_NAME = 100  # some spam has 90 Cc fields; with more of any name than this a mail is broken anyway


def sign_message(
    message: Message, signers: Iterable[DkimSigner], now: datetime, bodies: BodyDigests | None = None
) -> bytes:
    """Give DKIM-Signature fields, one for each signer in their order, to put in front of the mail.

    `bodies` are the digests of this very mail, when somebody else needs them, too.
    """
    names = list_signed_names(message)
    headers = canonicalize_selected(message, names, Form.RELAXED)
    digest = (bodies or BodyDigests(message)).digest(Form.RELAXED)
    said = {
        "c": "relaxed/relaxed",
        "t": str(int(now.timestamp())),
        "h": ":".join(names),
        "bh": base64.b64encode(digest).decode("ascii"),
    }
    return b"".join(
        sign_field(signer, "DKIM-Signature", {"v": "1", **signer.name_key(), **said}, headers) for signer in signers
    )


def list_signed_names(message: Message) -> list[str]:
    """Give h=: what is there, and once more what must not be added."""
    counts = {name: min(len(message.all_headers(name)), MAX_SIGNED_OF_ONE_NAME) for name in (*OVERSIGNED, *SIGNED)}
    oversigned = (name for name in OVERSIGNED for _ in range(counts[name] + 1))
    return [*oversigned, *(name for name in SIGNED for _ in range(counts[name]))]
