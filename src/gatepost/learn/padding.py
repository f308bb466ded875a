"""Pads mail with honest words, as senders do who want to pass filters (good word attacks, Lowd and Meek 2005).

Honest mail of the corpus is padded in the same way, so that the padding's own form tells nothing. The words come from
made mail, so that no collection is found again in another's padding.
"""

import base64
import html
import random
import re
from collections.abc import Sequence

from gatepost.learn.augment.mails import make_mails
from gatepost.message.parse import parse_message
from gatepost.screen.tables import Tables

MAX_PADDING_CHARS = 2_500
MIN_TEXT_CHARS = 300
MAX_BODY_CHARS = 100_000
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_ABOUT_BODY = re.compile(rb"^(?:content-|mime-version)[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
_TOP = re.compile("<body[^>]{0,2000}>", re.IGNORECASE)
_FAINT = ("font-size:1px;color:#ffffff", "color:#fff;line-height:1px", "color:white;background:#fff;font-size:2px")


def gather_honest_words(count: int, tables: Tables, seed: int) -> list[str]:
    """Give the texts of honest made mails."""
    texts = [parse_message(made.raw).text for made in make_mails(count, tables, seed) if not made.is_bad]
    return [text for text in texts if len(text) >= MIN_TEXT_CHARS]


def pad(raw: bytes, words: Sequence[str], seed: str) -> bytes | None:
    """Give the mail with honest words above, below or faintly within its text; None where it has no text."""
    message = parse_message(raw)
    dice = random.Random(seed)  # noqa: S311 - a repeatable padding, no secret
    padding = "\n".join(dice.sample(words, 3))[: dice.randint(400, MAX_PADDING_CHARS)]
    if message.html_parts:
        kind, body = "html", _pad_page(message.html_parts[0].text[:MAX_BODY_CHARS], padding, dice)
    elif message.text.strip():
        kind, body = "plain", _pad_text(message.text[:MAX_BODY_CHARS], padding, dice)
    else:
        return None
    end = match.start() if (match := _END_OF_HEADERS.search(raw)) else len(raw)
    head = _ABOUT_BODY.sub(b"", raw[:end].replace(b"\r\n", b"\n") + b"\n")
    about = f"MIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    encoded = base64.encodebytes(body.encode("utf-8", "replace"))
    return (head + about.encode() + encoded).replace(b"\n", b"\r\n")


def _pad_page(page: str, padding: str, dice: random.Random) -> str:
    place = dice.choice(("top", "bottom", "bottom", "faint"))
    style = f' style="{dice.choice(_FAINT)}"' if place == "faint" else ""
    block = f"<div{style}>{html.escape(padding).replace(chr(10), '<br>')}</div>"
    if place != "top":
        head, closing, tail = page.rpartition("</body>")
        return f"{head}{block}{closing}{tail}" if closing else page + block
    body = _TOP.search(page)
    return f"{page[: body.end()]}{block}{page[body.end() :]}" if body else block + page


def _pad_text(text: str, padding: str, dice: random.Random) -> str:
    return f"{padding}\n\n{text}" if dice.random() < 0.4 else f"{text}\n\n{padding}"  # noqa: PLR2004 - a share
