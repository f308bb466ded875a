"""Passwords that a mail may give for the files that it carries: what stands near a word for "password".

Whoever locks a file that a reader is to open must tell the reader how; so the password mostly stands in the same mail.

Trust: the mail comes from a stranger; a wrong candidate costs a try.
Fails: never. At most MAX_FOUND candidates, the likeliest first.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest

from gatepost.message.message import Message

MAX_FOUND = 50
KEPT_FOR_NAMES = 10  # of them, where texts tell more
MAX_TEXT_CHARS = 20_000
MAX_PASSWORD_CHARS = 64
MAX_WORDS = 8  # that ask for a password, in one text
NEAR_CHARS = 80  # behind such a word
MAX_NUMBERS = 60  # a text with more is a table
MAX_PLAIN_TOKENS = 15  # of a text that is so short that any of its words may be the password
_SHORT_TEXT_CHARS = 200
_MIN_CHARS = 2

# In the languages of mail, in small letters.
_WORDS = (
    "password", "passwd", "passcode", "passphrase", "pass word", "pass code", "passkey", "密码", "密碼", "口令",
    "提取码", "提取碼", "暗号", "パスワード", "暗証番号", "비밀번호", "암호", "비번", "kennwort", "passwort",
    "zugangscode",
    "mot de passe", "mots de passe", "contraseña", "contrasena", "clave", "senha", "palavra-passe", "palavra passe",
    "parola d'ordine", "parola d’ordine", "parola", "parolă", "пароль", "пароля", "паролем", "wachtwoord", "hasło",
    "haslo", "şifre", "sifre", "heslo", "jelszó", "jelszo", "lösenord", "losenord", "adgangskode", "passord",
    "salasana", "geslo", "gesla", "lozinka", "лозинка", "κωδικός", "mật khẩu", "mat khau", "รหัสผ่าน", "รหัส",
    "kata sandi", "sandi", "סיסמה", "סיסמא", "كلمة المرور", "كلمة السر", "الرقم السري", "पासवर्ड",
)  # fmt: skip
_SHORT_WORDS = ("pass", "pwd", "pw", "pin", "code", "key", "パス")  # these stand alone: "pin", not "shopping"
_IS = re.compile(r"(?<![a-z])(?:is|ist|lautet|est|es|é|è|jest|är|er|on)(?![a-z])[:：]?|[为為是は은는]", re.IGNORECASE)
_SIGN = re.compile(r"[:：=＝→]")
_QUOTED = re.compile("[\"'“”„«»‘’`「『【《\\[(<]([^\"'“”„«»‘’`」』】》\\])>\n]{2,64})[\"'“”„«»‘’`」』】》\\])>]")
_TOKEN = re.compile(r"[!-~]{2,64}|[^\s，。；、：！？,;:!?]{2,64}")
_LATIN = re.compile(r"[!-~]{2,64}")
_NUMBER = re.compile(r"\d+")
_DIGITS = re.compile(r"\d{3,12}")
_EDGES = ".,;:!?\"'“”„«»‘’`()[]{}<>，。；：！？「」『』【】《》*_|"


_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_BOXES = (b"PK", b"7z\xbc\xaf", b"Rar!", b"\x60\xea", b"\xd0\xcf\x11\xe0")


def may_be_locked(content: bytes) -> bool:
    """Say whether a password could open anything in a file: most files of most mails are pictures."""
    return not content.startswith(_PICTURES)


def is_box(content: bytes) -> bool:
    """Say whether a file is of a kind that is locked now and then; the others are opened first, for they tell how."""
    return content.startswith(_BOXES)


def find_passwords(message: Message) -> tuple[str, ...]:
    """Give the candidates of a mail: from its subject, its text, and the names of its files."""
    return find_told(
        (message.subject, message.text), [part.filename for part in islice(message.attachments, MAX_FOUND)]
    )


def find_told(told_texts: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Give the candidates of some texts, and of the names of files beside them.

    Each text and each name has its turn, so that none that tells many keeps out what another one tells.
    """
    texts = [_Text(text[:MAX_TEXT_CHARS]) for text in told_texts]
    ways = (_find_near, _find_in_line, _find_quoted, _find_mixed, _find_all_of_short)
    told = collect(candidate for way in ways for candidate in _take_turns(map(way, texts)))
    named = collect(_take_turns(map(_find_in_name, names)))
    return collect((*told[: MAX_FOUND - KEPT_FOR_NAMES], *named[:KEPT_FOR_NAMES], *told, *named))


def _take_turns(many: Iterable[Iterable[str]]) -> Iterator[str]:
    """Give the first candidate of each, then the second of each, and so on."""
    for each in zip_longest(*many):
        yield from (candidate for candidate in each if candidate is not None)


class _Text:
    """One text, with the places of the words for "password"."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = _find_words(text)


def _find_words(text: str) -> list[tuple[int, int]]:
    """Give the first places of words for "password"; plain searches are ten times as quick as one of them all."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters become two
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    found = [span for word in _WORDS for span in _find_word(lowered, word)]
    found += [span for word in _SHORT_WORDS for span in _find_word(lowered, word) if _stands_alone(lowered, *span)]
    return sorted(found)[:MAX_WORDS]


def _find_word(lowered: str, word: str) -> Iterator[tuple[int, int]]:
    at = lowered.find(word)
    for _ in range(MAX_WORDS):
        if at < 0:
            return
        yield at, at + len(word)
        at = lowered.find(word, at + len(word))


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha())


def collect(candidates: Iterable[str]) -> tuple[str, ...]:
    """Give each candidate once, as it stands and without what may only surround it, at most MAX_FOUND."""
    found: dict[str, None] = {}
    for candidate in candidates:
        for form in (candidate.strip(_EDGES), candidate):
            if _MIN_CHARS <= len(form) <= MAX_PASSWORD_CHARS and len(found) < MAX_FOUND:
                found[form] = None
    return tuple(found)


def _find_near(mail: _Text) -> Iterator[str]:
    """Give what stands behind a word for "password": first what it is said to be, then what else is near."""
    for _, end in mail.words:
        near = mail.text[end : end + NEAR_CHARS]
        starts = {said.end() for said in (_IS.search(near), _SIGN.search(near)) if said} or {0}
        for start in sorted(starts):
            yield from (quoted[1] for quoted in islice(_QUOTED.finditer(near, start), 1))
            yield from (latin[0] for latin in islice(_LATIN.finditer(near, start), 2))
        yield from (token[0] for token in islice(_TOKEN.finditer(near, min(starts)), 1))


def _find_in_line(mail: _Text) -> Iterator[str]:
    """Give what stands in the same line in front of such a word: "use 1234 as the password"."""
    for start, _ in mail.words:
        line_start = max(mail.text.rfind("\n", 0, start) + 1, start - NEAR_CHARS)
        before = mail.text[line_start:start]
        yield from (token for token in _LATIN.findall(before) if any(letter.isdigit() for letter in token))
        yield from (quoted[1] for quoted in _QUOTED.finditer(before))


def _find_quoted(mail: _Text) -> Iterator[str]:
    if mail.words:
        yield from (quoted[1] for quoted in islice(_QUOTED.finditer(mail.text), 5))


def _find_mixed(mail: _Text) -> Iterator[str]:
    """Give tokens with digits, anywhere, if they are few: first those with letters, too."""
    numbers = list(islice(_NUMBER.finditer(mail.text), MAX_NUMBERS + 1))
    if len(numbers) > MAX_NUMBERS:
        return
    tokens = dict.fromkeys(_widen(mail.text, *number.span()) for number in numbers)
    if len(tokens) <= MAX_PLAIN_TOKENS:
        yield from sorted(filter(_LATIN.fullmatch, tokens), key=str.isdigit)


def _widen(text: str, start: int, end: int) -> str:
    """Give the word that a number stands in."""
    before, behind = text[max(0, start - MAX_PASSWORD_CHARS) : start], text[end : end + MAX_PASSWORD_CHARS]
    head = before.split()[-1] if before and not before[-1].isspace() else ""
    tail = behind.split()[0] if behind and not behind[0].isspace() else ""
    return head + text[start:end] + tail


def _find_all_of_short(mail: _Text) -> Iterator[str]:
    if len(mail.text) <= _SHORT_TEXT_CHARS:
        yield from islice((token[0] for token in _TOKEN.finditer(mail.text)), MAX_PLAIN_TOKENS)


def _find_in_name(name: str) -> Iterator[str]:
    """Give the name without its ending, its numbers, and what its brackets hold."""
    stem = name.rpartition(".")[0] or name
    yield from (quoted[1] for quoted in _QUOTED.finditer(name))
    yield from _DIGITS.findall(name)
    yield from re.split(r"[\s_]+", stem)[-2:]
    yield stem
