"""Passwords that a mail may give for the files that it carries: what stands near a word for "password".

Whoever locks a file that a reader is to open must tell the reader how; so the password mostly stands in the same mail.

Trust: the mail comes from a stranger; a wrong candidate costs a try.
Fails: never. At most MAX_FOUND candidates, the likeliest first.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from gatepost.message.message import Message

MAX_FOUND = 50
MAX_TEXT_CHARS = 20_000
MAX_PASSWORD_CHARS = 64
MAX_WORDS = 8  # that ask for a password, in one text
NEAR_CHARS = 80  # behind such a word
MAX_PLAIN_TOKENS = 15  # of a text that is so short that any of its words may be the password
_SHORT_TEXT_CHARS = 200
_MIN_CHARS = 2

# In the languages of mail; case does not count. What is short stands alone ("pin", not "shopping").
_WORDS = re.compile(
    r"pass\s?-?(?:words?|wd|codes?|phrase|key)|(?<![a-z])(?:pass|pwd?|pw|pin|code|key)(?![a-z])"
    r"|(?:解压|解壓|打开|打開|文件|附件)?(?:密码|密碼|口令|提取码|提取碼|暗号|暗證)|パスワード|パス(?=[:：はワ])|暗証番号"
    r"|비밀번호|암호|비번|kennwort|passwort|zugangscode|mot\s+de\s+passe|contrase(?:ñ|n)a|clave|senha|palavra-?passe"
    r"|parola\s+d.ordine|parol[aă]|пароль?|wachtwoord|has(?:ł|l)o|(?:ş|s)ifre|heslo|jelsz(?:ó|o)|l(?:ö|o)senord"
    r"|adgangskode|passord|salasana|gesl[oa]|lozinka|лозинка|κωδικ(?:ό|ο)ς|m(?:ậ|a)t\s+kh(?:ẩ|a)u|รหัสผ่าน|รหัส"
    r"|kata\s+sandi|sandi|סיסמ[הא]|كلمة\s+(?:المرور|السر)|الرقم\s+السري|पासवर्ड",
    re.IGNORECASE,
)
_IS = re.compile(r"(?<![a-z])(?:is|ist|lautet|est|es|é|è|jest|är|er|on)(?![a-z])[:：]?|[为為是は은는]", re.IGNORECASE)
_SIGN = re.compile(r"[:：=＝→]")
_QUOTED = re.compile("[\"'“”„«»‘’`「『【《\\[(<]([^\"'“”„«»‘’`」』】》\\])>\n]{2,64})[\"'“”„«»‘’`」』】》\\])>]")
_TOKEN = re.compile(r"[!-~]{2,64}|[^\s，。；、：！？,;:!?]{2,64}")
_LATIN = re.compile(r"[!-~]{2,64}")
_MIXED = re.compile(r"(?<![\w.@/-])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d!@#$%^&*_+-]{4,24}(?![\w@/])")
_DIGITS = re.compile(r"(?<!\d)\d{3,12}(?!\d)")
_EDGES = ".,;:!?\"'“”„«»‘’`()[]{}<>，。；：！？「」『』【】《》*_|"


def find_passwords(message: Message) -> tuple[str, ...]:
    """Give the candidates of a mail: from its subject, its text, and the names of its files."""
    names = [part.filename for part in islice(message.attachments, MAX_FOUND)]
    texts = (message.subject, message.text[:MAX_TEXT_CHARS])
    ways = (_find_near, _find_in_line, _find_quoted, _find_mixed, _find_all_of_short)
    told = (candidate for way in ways for text in texts for candidate in way(text))
    return collect((*told, *(candidate for name in names for candidate in _find_in_name(name))))


def collect(candidates: Iterable[str]) -> tuple[str, ...]:
    """Give each candidate once, as it stands and without what may only surround it, at most MAX_FOUND."""
    found: dict[str, None] = {}
    for candidate in candidates:
        for form in (candidate.strip(_EDGES), candidate):
            if _MIN_CHARS <= len(form) <= MAX_PASSWORD_CHARS and len(found) < MAX_FOUND:
                found[form] = None
    return tuple(found)


def _find_near(text: str) -> Iterator[str]:
    """Give what stands behind a word for "password": first what it is said to be, then what else is near."""
    for word in islice(_WORDS.finditer(text), MAX_WORDS):
        near = text[word.end() : word.end() + NEAR_CHARS]
        starts = {said.end() for said in (_IS.search(near), _SIGN.search(near)) if said} or {0}
        for start in sorted(starts):
            yield from (quoted[1] for quoted in islice(_QUOTED.finditer(near, start), 1))
            yield from (latin[0] for latin in islice(_LATIN.finditer(near, start), 2))
        yield from (token[0] for token in islice(_TOKEN.finditer(near, min(starts)), 1))


def _find_in_line(text: str) -> Iterator[str]:
    """Give what stands in the same line in front of such a word: "use 1234 as the password"."""
    for word in islice(_WORDS.finditer(text), MAX_WORDS):
        start = max(text.rfind("\n", 0, word.start()) + 1, word.start() - NEAR_CHARS)
        before = text[start : word.start()]
        yield from (token for token in _LATIN.findall(before) if any(letter.isdigit() for letter in token))
        yield from (quoted[1] for quoted in _QUOTED.finditer(before))


def _find_quoted(text: str) -> Iterator[str]:
    if _WORDS.search(text):
        yield from (quoted[1] for quoted in islice(_QUOTED.finditer(text), 5))


def _find_mixed(text: str) -> Iterator[str]:
    """Give tokens of letters and digits, and numbers, anywhere, if they are few."""
    for pattern in (_MIXED, _DIGITS):
        found = list(islice((match[0] for match in pattern.finditer(text)), MAX_PLAIN_TOKENS + 1))
        if len(found) <= MAX_PLAIN_TOKENS:
            yield from found


def _find_all_of_short(text: str) -> Iterator[str]:
    if len(text) <= _SHORT_TEXT_CHARS:
        yield from islice((token[0] for token in _TOKEN.finditer(text)), MAX_PLAIN_TOKENS)


def _find_in_name(name: str) -> Iterator[str]:
    """Give the name without its ending, its numbers, and what its brackets hold."""
    stem = name.rpartition(".")[0] or name
    yield from (quoted[1] for quoted in _QUOTED.finditer(name))
    yield from _DIGITS.findall(name)
    yield from re.split(r"[\s_]+", stem)[-2:]
    yield stem
