"""What a mail says, written so that mails which say the same look the same to the classifier.

Left out is what tells where a mail was collected and not what it wants: addresses and hosts, numbers, the recipient's
name, quoted mail, placeholders of templates. Letters are folded so that disguised words read as people read them.

Trust: the text is the author's, who may hide words from filters: invisible letters, look-alike letters, width, case.
"""

import re
import string
import unicodedata
from collections.abc import Set as AbstractSet
from itertools import islice

from gatepost.message.message import Message

MAX_CHARS = 3_000  # of the cleaned text; a lure shows itself at the top
MAX_RAW_CHARS = 6_000  # what is cleaned to get them
MAX_SUBJECT_CHARS = 300
MAX_RECIPIENTS = 5
MAX_NAME_CHARS = 200
MIN_NAME_CHARS = 3
LINK = "qlink"  # stands for every URL, host and address

_KEPT = "!?$%€£¥"
_ASCII = str.maketrans(
    {
        **dict.fromkeys(string.digits, "0"),
        **{mark: " " for mark in string.punctuation if mark not in _KEPT},
    }
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_LOOK_ALIKES = str.maketrans("аеорсухіјѕԁһԛԝвкмнтοανρτυικ", "aeopcyxijsdhqwbkmhtoavptuik")
_MIXED = re.compile(r"\b(?=\w{0,60}[a-z])(?=\w{0,60}[\u0370-\u03ff\u0400-\u052f])\w+")
_REPLY = re.compile(r"\s{0,9}(?:(?:re|aw|fw|fwd|wg|回复|答复|转发)\s{0,9}[:：]\s{0,9}){1,9}", re.IGNORECASE)
_QUOTED = re.compile(r"^[ \t]{0,99}[>|].*$", re.MULTILINE)
_QUOTING_WORDS = ("wrote", "writes", "schrieb", "escreveu", "写道", "寫道", "Original Message", "原始邮件", "_________")
_QUOTING = re.compile(
    r"^.{0,200}(?:wrote|writes|schrieb|escreveu|写道|寫道)[ \t]{0,9}[:：][ \t]{0,9}$"
    r"|^-{2,20} ?(?:Original Message|原始邮件).{0,99}$|^_{8}.*$",
    re.MULTILINE,
)
_LINK_MARK = re.compile(r"[@/]|[a-z0-9]\.[a-z]")
_GREEK_OR_CYRILLIC = re.compile("[\u0370-\u052f]")
_PLACEHOLDER = re.compile(r"\{\{[^}]{0,80}\}\}|\{%[^%]{0,80}%\}|\*\|[^|]{0,40}\|\*|lorem ipsum[^.]{0,200}")
_DIGITS = re.compile("[0-9]+")
_NUMBER = re.compile("0[0 ]*0")
_NOISE = re.compile(f"[^\\w{re.escape(_KEPT)}]+")
_NAME = re.compile(r"[^\W\d_]+")


def read_words(message: Message) -> str:
    """Give subject and visible text, HTML first: lower-case words with one space between them."""
    body = "\n".join([view.text[:MAX_RAW_CHARS] for view in message.html])
    if len(body) < MAX_RAW_CHARS:
        body = f"{body}\n{message.text[:MAX_RAW_CHARS]}"
    return clean_words(message.subject, body, _name_recipients(message))


def clean_words(subject: str, body: str, names: AbstractSet[str] = frozenset()) -> str:
    r"""Clean a subject and a body; words in `names` are dropped.

    >>> clean_words("Re: Your ＰayPаl\u200b!", "Dear Ann,\n> old\nsee https://a.example/x by 12.5.2024", {"ann"})
    'your paypal ! dear see qlink by 0'
    """
    if reply := _REPLY.match(subject):
        subject = subject[reply.end() :]
    text = f"{subject[:MAX_SUBJECT_CHARS]}\n{_drop_quoted(body[:MAX_RAW_CHARS])}"
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = text.lower()
    if "{" in text or "*|" in text or "lorem" in text:
        text = _PLACEHOLDER.sub(" ", text)
    text = _replace_links(" ".join(text.split()))
    if text.isascii():
        text = text.translate(_ASCII)
    else:
        if _GREEK_OR_CYRILLIC.search(text):
            text = _MIXED.sub(_fold, text)
        text = _NOISE.sub(" ", _DIGITS.sub("0", text))
    for mark in _KEPT:
        text = text.replace(mark, f" {mark} ")
    words = _NUMBER.sub("0", text).split()
    return " ".join([word for word in words if word not in names] if names else words)[:MAX_CHARS]


def _drop_quoted(body: str) -> str:
    if ">" in body or "|" in body:
        body = _QUOTED.sub("", body)
    return _QUOTING.sub("", body) if any(word in body for word in _QUOTING_WORDS) else body


def _replace_links(text: str) -> str:
    """Put LINK in the place of every word that holds a URL, a host or an address; words stand one space apart."""
    pieces: list[str] = []
    end = 0
    for mark in _LINK_MARK.finditer(text):
        if mark.start() >= end:
            pieces += (text[end : text.rfind(" ", end, mark.start()) + 1 or end], LINK)
            end = text.find(" ", mark.end())
            if end < 0:
                return "".join(pieces)
    return "".join([*pieces, text[end:]])


def _fold(match: re.Match[str]) -> str:
    return match[0].translate(_LOOK_ALIKES)


def _name_recipients(message: Message) -> AbstractSet[str]:
    """Give the words of the recipients' names: they tell where a mail was collected."""
    return {
        word
        for mailbox in islice((*message.to, *message.cc), MAX_RECIPIENTS)
        for word in _NAME.findall(f"{mailbox.display_name[:MAX_NAME_CHARS]} {mailbox.address[:MAX_NAME_CHARS]}".lower())
        if len(word) >= MIN_NAME_CHARS
    }
