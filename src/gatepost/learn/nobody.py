"""Takes a mail's sender away: the same mail from a domain that nobody knows.

In the corpus an unknown sender (`.example`) stands above templates and fixtures, which are honest, and hardly above
unwanted mail; a model would learn that nobody is honest. So every mail is looked at once more without its sender.
"""

import random
import re

from gatepost.message.parse import parse_message
from gatepost.screen.classifier.shape import is_reserved

_CONSONANTS, _VOWELS = "bcdfglmnprst", "aeiou"
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")


def hide_sender(raw: bytes, seed: str) -> bytes | None:
    r"""Give the mail with its sender's domain exchanged in all headers; None where nothing can be exchanged.

    Nobody may be known already, or the domain stand there encoded or in another character set.

    >>> mail = b"From: a@shop.com\r\nMessage-ID: <1@SHOP.com>\r\n\r\nshop.com\r\n"
    >>> hide_sender(mail, "1").count(b".example"), hide_sender(mail, "1").endswith(b"\r\n\r\nshop.com\r\n")
    (2, True)
    """
    senders = parse_message(raw).from_
    domain = senders[0].domain if senders else ""
    if "." not in domain or is_reserved(domain):
        return None
    dice = random.Random(seed)  # noqa: S311 - a repeatable name, no secret
    name = "".join(dice.choice(_CONSONANTS) + dice.choice(_VOWELS) for _ in range(dice.randint(2, 5)))
    end = match.start() if (match := _END_OF_HEADERS.search(raw)) else len(raw)
    known = re.compile(re.escape(domain.encode("utf-8", "replace")), re.IGNORECASE)
    head, count = known.subn(f"{name}.example".encode(), raw[:end])
    return head + raw[end:] if count else None
