"""What a mail says, written so that mails which say the same look the same to the classifier.

Left out is what tells where a mail was collected and not what it wants: addresses and hosts, numbers, the recipient's
name, quoted mail, placeholders of templates. Letters are folded so that disguised words read as people read them.

Trust: the text is the author's, who may hide words from filters: invisible letters, look-alike letters, width, case.
"""

import re
import string
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from itertools import islice

from gatepost.message.message import HtmlView, Message
from gatepost.screen.classifier.letters import KEPT, NOISE_BYTE, decode_plain, encode_plain, write_plainly
from gatepost.screen.exchange import exchange_words

MAX_CHARS = 3_000  # of the cleaned text; a lure shows itself at the top
MAX_RAW_CHARS = 6_000  # what is cleaned to get them
MAX_SUBJECT_CHARS = 300
MAX_RECIPIENTS = 5
MAX_FAINT_LINES = 50
MIN_FAINT_CHARS = 8  # of a line: shorter ones stand elsewhere, too
MAX_NAME_CHARS = 200
MIN_NAME_CHARS = 3
LINK = b"qlink"  # stands for every URL, host and address


def _make_table(gaps: Iterable[int]) -> bytes:
    """Give a table that makes a space of every byte in `gaps`, and 0 of every digit."""
    table = bytearray(range(256))
    for code in gaps:
        table[code] = ord(" ")
    for code in string.digits.encode():
        table[code] = ord("0")
    return bytes(table)


_SMALL = bytes.maketrans(b"\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f", b" " * 9).lower()  # every kind of space, and capitals
_ASCII = _make_table(set(string.punctuation.encode()) - set(KEPT.encode()))
_FOREIGN = _make_table({*range(128), *NOISE_BYTE} - set(f"{string.ascii_letters}{string.digits}_{KEPT}".encode()))
_LINK_MARKS = bytes.maketrans(b"@.", b"//")
_DOT = ord(".")
_MARKS = [(mark.encode(), f" {mark} ".encode()) for mark in KEPT]
_LOOK_ALIKES = str.maketrans("аеорсухіјѕԁһԛԝвкмнтοανρτυικ", "aeopcyxijsdhqwbkmhtoavptuik")
_MIXED = re.compile(r"\b(?=\w{0,60}[a-z])(?=\w{0,60}[\u0370-\u03ff\u0400-\u052f])\w+")
_REPLY = re.compile(r"\s{0,9}(?:(?:re|aw|fw|fwd|wg|回复|答复|转发)\s{0,9}[:：]\s{0,9}){1,9}", re.IGNORECASE)
_QUOTED = re.compile(r"\n[ \t]{0,99}[>|].*")  # each line has its end in front: patterns that start with it are quick
_QUOTING_WORDS = ("wrote", "writes", "schrieb", "escreveu", "写道", "寫道", "Original Message", "原始邮件", "_________")
_QUOTING = re.compile(  # a whole line
    r".{0,200}(?:wrote|writes|schrieb|escreveu|写道|寫道)[ \t]{0,9}[:：][ \t]{0,9}"
    r"|-{2,20} ?(?:Original Message|原始邮件).{0,99}|_{8}.*"
)
_SUBJECT_LABELS = ("ubject:", "sunto:", "etreff:", "bjet", "ggetto:", "nderwerp:")
_FOREIGN_SUBJECT_LABELS = ("主题", "主旨", "件名")
_FORWARDED = re.compile(  # what mail programs write above a mail that is forwarded; its subject is kept
    r"\n[ \t*]{0,9}(?:From|Sent|To|Cc|Date|De|Enviad[oa](?: em)?|Para|Data|Fecha|Von|Gesendet|An|Datum|Da|Inviato|A"
    r"|Envoyé|À|Van|Verzonden|Aan|发件人|发送时间|收件人|抄送|日期|寄件者|收件者|差出人|送信日時|宛先)"
    r"\*{0,2}[ \u00a0]?[:：].*"
    r"|\n[ \t*]{0,9}(?:Subject|Assunto|Asunto|Betreff|Objet|Oggetto|Onderwerp|主题|主旨|件名)\*{0,2}[ \u00a0]?[:：]"
    r"|\n-{3,20} ?Forwarded message ?-{3,20}"
)
_IN_HOST = re.compile(rb"[a-z0-9]\.[a-z]")
_NO_OTHER_SCRIPTS = bytes({*range(256)} - {*range(0xCD, 0xD5)})  # a Greek or Cyrillic letter starts with 0xCD to 0xD4
_PLACEHOLDER = re.compile(r"\{\{[^}]{0,80}\}\}|\{%[^%]{0,80}%\}|\*\|[^|]{0,40}\|\*|lorem ipsum[^.]{0,200}")
_NUMBER = re.compile(b"0[0 ]*0")
_NAME = re.compile(r"[^\W\d_]+")


def read_words(message: Message) -> str:
    """Give subject and visible text, HTML first: lower-case words with one space between them."""
    body = "\n".join([_read_clear(view)[:MAX_RAW_CHARS] for view in message.html])
    if len(body) < MAX_RAW_CHARS:
        body = f"{body}\n{message.plain_text[:MAX_RAW_CHARS]}"
    return clean_words(message.subject, body, _name_recipients(message))


def _read_clear(view: HtmlView) -> str:
    """Give the text of a page without what is written in the colour of its ground."""
    text = view.text
    if view.faint_text:
        for line in view.faint_text.split("\n", MAX_FAINT_LINES)[:MAX_FAINT_LINES]:
            if len(line) >= MIN_FAINT_CHARS:
                text = text.replace(line, "", 1)
    return text


def clean_words(subject: str, body: str, names: AbstractSet[str] = frozenset()) -> str:
    r"""Clean a subject and a body; words in `names` are dropped.

    >>> clean_words("Re: Your ＰayPаl\u200b!", "Dear Ann,\n> old\nsee https://a.example/x by 12.5.2024", {"ann"})
    'your paypal ! dear see qlink by 0'
    """
    if reply := _REPLY.match(subject):
        subject = subject[reply.end() :]
    text = f"{subject[:MAX_SUBJECT_CHARS]}{_drop_quoted(body[:MAX_RAW_CHARS])}"
    said = encode_plain(write_plainly(text)).translate(_SMALL)
    if b"{" in said or b"*|" in said or b"lorem" in said:
        said = encode_plain(_PLACEHOLDER.sub(" ", decode_plain(said)))
    said = exchange_words(said.replace(b". ", b"  "), _LINK_MARKS, LINK, _leads)  # most dots end a sentence
    if said.isascii():
        said = said.translate(_ASCII)
    else:
        if said.translate(None, _NO_OTHER_SCRIPTS):
            said = encode_plain(_MIXED.sub(_fold, decode_plain(said)))
        said = said.translate(_FOREIGN)
    for mark, apart in _MARKS:
        said = said.replace(mark, apart)
    words = _NUMBER.sub(b"0", said).split()
    unwanted = {name.encode() for name in names}
    if not unwanted.isdisjoint(words):
        words = [word for word in words if word not in unwanted]
    return b" ".join(words).decode()[:MAX_CHARS]


def _drop_quoted(body: str) -> str:
    """Give the lines of a body, each with its line end in front; those that are quoted are empty."""
    body = f"\n{body}"
    if ">" in body or "|" in body:
        body = _QUOTED.sub("\n", body)
    if any(word in body for word in _QUOTING_WORDS):
        body = "\n".join(["" if _is_quoting(line) else line for line in body.split("\n")])
    labels = _SUBJECT_LABELS if body.isascii() else (*_SUBJECT_LABELS, *_FOREIGN_SUBJECT_LABELS)
    return _FORWARDED.sub("\n", body) if any(label in body for label in labels) else body


def _is_quoting(line: str) -> bool:
    ends_like_it = line.rstrip(" \t").endswith((":", "："))
    return (ends_like_it or line.startswith(("--", "__"))) and _QUOTING.fullmatch(line) is not None


def _leads(text: bytes, place: int) -> bool:
    """Say whether a mark makes its word a link: a dot does so within a host."""
    return text[place] != _DOT or _IN_HOST.match(text, place - 1) is not None


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
