"""Words are written with letters that read the same to people and differently to filters.

Features: `split_count` (places where invisible characters stand within a word), `mixed_words` (distinct words of the
text that mix Latin with look-alike letters of another script, at most 20).
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator

from gatepost.message.message import Message
from gatepost.model.finding import Evidence, Feature, Finding, Severity, Span
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.lookalike import learn_names
from gatepost.screen.quoting import point_at
from gatepost.screen.skeleton import draw_latin, find_scripts, keep_foreign
from gatepost.screen.tables import Brand, Tables, fold_name

MAX_TEXT_CHARS = 100_000
MIN_SPLIT_WORDS = 3
MIN_MIXED_WORDS = 3  # distinct ones
MAX_MIXED_WORDS = 20
MAX_MIXED_PLACES = 2_000
MAX_SENDERS = 5
MAX_SHOWN_CHARS = 1_000
MAX_NAME_CHARS = 300  # of a subject or a name that is compared with brands
MAX_TOKENS = 30
MIN_BRAND_CHARS = 5

MIXED = Kind(
    "letter_tricks.mixed_script",
    Severity.SUSPECT,
    2.5,
    "A word of the subject or the sender's name mixes Latin with look-alike letters of another script.",
)
MIXED_TEXT = Kind(
    "letter_tricks.mixed_text",
    Severity.SUSPECT,
    2.5,
    "Words of the text mix Latin with look-alike letters of another script.",
)
STYLED = Kind(
    "letter_tricks.styled",
    Severity.ODD,
    1.5,
    "The subject or the sender's name is written with mathematical or enclosed letters.",
)
SPLIT = Kind("letter_tricks.split_words", Severity.SUSPECT, 2.0, "Invisible characters split words of the mail.")
EMOJI = Kind("letter_tricks.emoji_sender", Severity.ODD, 2.0, "The sender's name holds pictures (emoji).")
NEEDLESS = Kind(
    "letter_tricks.needless_encoding",
    Severity.ODD,
    2.0,
    "Subject or sender's name is plain English text, but was encoded so that filters do not read it.",
)
BRAND = Kind(
    "letter_tricks.brand",
    Severity.DANGER,
    3.0,
    "The subject or the sender's name shows a well-known organisation's name in look-alike letters.",
)
KINDS: tuple[Kind, ...] = (MIXED, MIXED_TEXT, STYLED, SPLIT, EMOJI, NEEDLESS, BRAND)

_WORD = re.compile(r"[^\W\d_]{2,}")
_STYLED = re.compile("[\u2100-\u214f\u2460-\u24ff\U0001d400-\U0001d7ff\U0001f130-\U0001f189]{2,}")
_INVISIBLE = re.compile("[\u034f\u180e\u200b-\u200f\u2060-\u2064\ufeff]+")  # not the soft hyphen: German mail has it
_SPELLED = re.compile("[A-Za-z\u0400-\u04ff]")  # other scripts join and part letters by invisible characters
_TOKEN = re.compile(r"[^\W_]+")
_CONTEXT_CHARS = 8
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_BASE64_WORD = re.compile(rb"=\?[^?\s]{1,40}\?[bB]\?")
_TWINS = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u04bb\u04cf\u051b\u051d"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0405\u0406\u0408"
    "\u03bf\u03bd\u03c1\u03c5\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u0585\u0578\u0570\u057d"
)
_LATIN = re.compile("[A-Za-z]")
_TWIN = re.compile(f"[{_TWINS}]")  # Cyrillic, Greek, Armenian letters that are drawn like Latin ones
_NON_ASCII_LETTER = re.compile("[\u0370-\u058f\u13a0-\u13ff]")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at subject, sender's names and text."""
    message = case.message
    yield from _examine_senders(message)
    yield from _examine_encoding(message)
    for text, span in _read_names(message):
        is_ascii = text.isascii()
        if not is_ascii and any(map(_mixes_scripts, _WORD.findall(text))):
            yield MIXED.seen(
                Evidence(text, span),
                says="Words are written with look-alike foreign letters.",
                says_zh="文字中混用了形近的外文字母。",
            )
        if (brand := _find_disguised_brand(text, kit.tables)) is not None:
            yield BRAND.seen(
                Evidence(text, span),
                says=f"The name {brand.name} is written in look-alike letters, so that filters do not recognise it.",
                says_zh=f"“{brand.name_zh}”的名称使用了形近字符，以躲避过滤。",
            )
        if not is_ascii and _STYLED.search(text):
            yield STYLED.seen(
                Evidence(text, span),
                says="Words are written with ornamental letters.",
                says_zh="文字使用了特殊花体字符。",
            )
    yield from _examine_text(message.text[:MAX_TEXT_CHARS])


def _examine_text(text: str) -> Iterator[Finding | Feature]:
    foreign = keep_foreign(text)
    yield from _examine_mixed_words(text, foreign)
    split = _find_split_words(text) if foreign and _INVISIBLE.search(foreign) else []
    yield Feature("letter_tricks.split_count", len(split))
    if len(split) >= MIN_SPLIT_WORDS:
        yield SPLIT.seen(
            point_at(" … ".join(split[:5])),
            says=f"Invisible characters split {len(split)} words, so that filters do not recognise them.",
            says_zh=f"有 {len(split)} 个单词被不可见字符拆开，以躲避过滤。",
        )


def _examine_mixed_words(text: str, foreign: str) -> Iterator[Finding | Feature]:
    mixed = _find_mixed_words(text) if foreign and _TWIN.search(foreign) else []
    yield Feature("letter_tricks.mixed_words", len(mixed))
    if len(mixed) >= MIN_MIXED_WORDS:
        yield MIXED_TEXT.seen(
            point_at(" … ".join(mixed)),
            says=f"{len(mixed)} words of the text are written with look-alike foreign letters.",
            says_zh=f"正文中有 {len(mixed)} 个单词混用了形近的外文字母。",
        )


def _find_mixed_words(text: str) -> list[str]:
    """Give distinct words in which a look-alike stands beside a Latin letter."""
    words: dict[str, None] = {}
    for match in itertools.islice(_TWIN.finditer(text), MAX_MIXED_PLACES):
        start, end = match.span()
        if _LATIN.match(text, end) or (start and _LATIN.match(text, start - 1)):
            around = _WORD.finditer(text, max(0, start - _CONTEXT_CHARS), end + _CONTEXT_CHARS)
            words[next((word[0] for word in around if word.end() > start), match[0])] = None
    return list(words)[:MAX_MIXED_WORDS]


def _find_split_words(text: str) -> list[str]:
    gaps = (match.span() for match in _INVISIBLE.finditer(text))
    return [
        text[max(0, start - _CONTEXT_CHARS) : end + _CONTEXT_CHARS]
        for start, end in gaps
        if start and _SPELLED.match(text, start - 1) and _SPELLED.match(text, end)
    ]


def _examine_senders(message: Message) -> Iterator[Finding]:
    for mailbox in message.from_[:MAX_SENDERS]:
        if _EMOJI.search(mailbox.display_name):
            yield EMOJI.seen(
                Evidence(mailbox.display_name[:1000], mailbox.span),
                says="The sender decorates its name with pictures.",
                says_zh="发件人名称中含有表情符号。",
            )


def _examine_encoding(message: Message) -> Iterator[Finding]:
    """Look for Base64 where nothing needs it; mail programs encode only what is not ASCII (RFC 2047 §2)."""
    names = [mailbox.display_name for mailbox in message.from_[:MAX_SENDERS]]
    for field, text in (("subject", message.subject), ("from", "".join(names))):
        header = next(iter(message.all_headers(field)), None)
        if header and text.isascii() and text and _BASE64_WORD.search(header.value):
            yield NEEDLESS.seen(
                point_at(header.value.decode("ascii", "replace"), header.span),
                says="Plain text in the header was encoded for no reason but to hide it from filters.",
                says_zh="邮件头中的普通文字被无故编码，以躲避过滤。",
            )


def _read_names(message: Message) -> Iterator[tuple[str, Span | None]]:
    """Give what a list of mails shows, each with its place."""
    header = next(iter(message.all_headers("subject")), None)
    yield message.subject[:MAX_SHOWN_CHARS], header.span if header else None
    for mailbox in message.from_[:MAX_SENDERS]:
        yield mailbox.display_name[:MAX_SHOWN_CHARS], mailbox.span


def _find_disguised_brand(text: str, tables: Tables) -> Brand | None:
    """Give the brand that a reader sees in a text which does not spell it; ornamental letters do spell it."""
    folded = fold_name(text[:MAX_NAME_CHARS])
    known = learn_names(tables)
    for token in _TOKEN.findall(folded)[:MAX_TOKENS]:
        if len(token) >= MIN_BRAND_CHARS and (found := known.imitations.find_alike(token)):
            return known.brands[found.of]
    if folded.isascii() or tables.find_brand(folded):
        return None
    drawn = tables.find_brand(draw_latin(folded))
    is_mixed = len(find_scripts(folded)) > 1 or any(map(unicodedata.combining, folded))
    return drawn if is_mixed else None


def _mixes_scripts(word: str) -> bool:
    if not _NON_ASCII_LETTER.search(word):
        return False
    return any("LATIN" in unicodedata.name(letter, "") for letter in word)
