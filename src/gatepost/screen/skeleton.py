"""What a name looks like to a reader: letters of all scripts drawn as the Latin letter that they resemble.

Standards: UTS 39 §4 (skeletons), as far as a letter can be taken for a Latin one; the table of look-alikes is our own.
Trust: the text comes from a mail's author.
Fails: never.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from gatepost.screen.remember import remember

MAX_TEXT_CHARS = 300  # longer than any host name

# For each letter those of Cyrillic, Greek, Armenian, Cherokee, Coptic, Lisu and other scripts that are drawn like it.
# Latin letters with marks, small capitals and styled letters are not here: their Unicode names say what they are.
_TWINS = {
    "2": "ᒿ",
    "3": "ЗзӠӡȜȝᗱ",
    "4": "Ꮞ",
    "6": "бᏮ",
    "8": "৪੪ଃȢȣ",
    "9": "੧୨৭൭",
    "a": "аӑӓАαάΑᎪᗅꓮɑⲀⲁ",
    "b": "ЬьвВβΒᏏᏴᑲᗷꓐϐⲂⲃƄƅ",
    "c": "сСҫϲϹⲥⲤᏟꓚꮯᑕⅽ",
    "d": "ԁᏧᎠᗞᗪᑯꓒꓓժɖꭰ",
    "e": "еЕёЁҽєЄεέΕᎬꓰⴹ℮ꬲəƎ",
    "f": "ϝϜꓝᖴքƒꬵſẝ",
    "g": "ԌԍᏀᏳꓖցɡᶃ",
    "h": "һҺнНΗᎻᕼꓧⲎⲏհᏂ",
    "i": "іІїЇιίϊΙᎥɩıɪꙇⲒⲓꭵ",
    "j": "јЈϳͿᎫᒍꓙյ",
    "k": "кКқҝκΚᏦᛕꓗⲔⲕ",
    "l": "ӏӀⵏ∣ǀᏞᒪꓡꓲⳐ۱Լ",
    "m": "мМΜϺᎷᗰᛖꓟⲘⲙ",
    "n": "ոռпПηΝꓠⲚⲛ",
    "o": "оОοόΟσօՕ०੦૦௦౦೦൦๐໐၀۵ഠဝჿⵔꓳⲞⲟᎾଠ〇০୦ᴑꬽ",
    "p": "рРρΡᏢᑭꓑⲢⲣϱ",
    "q": "ԛԚԳգզⵕ",
    "r": "гГᎡᏒᖇꓣᴦꭇꭈⲅⲄꮁƦʀ",
    "s": "ѕЅՏᏕᏚꓢꜱꮪƽ",
    "t": "тТτΤᎢꓔⲦⲧ",
    "u": "υύՍսᑌꓴሀ∪ʋꭎꭒ",
    "v": "νѵѴᏙᐯꓦⴸ∨ꮩ",
    "w": "ԝԜѡѠաᎳᏔꓪꮃɯωώшШ",
    "x": "хХҳχΧᕁᕽꓫⲬⲭⵝ×ᚷ",
    "y": "уУүҮўЎγΥϒᎩᎽꓬⲨⲩყɣᶌ",
    "z": "ΖᏃꓜⲌⲍꮓ",
    "-": "‐‑‒–—―−ｰー",
    ".": "。．｡․",
}
_LATIN_NAME = re.compile(r"LATIN (?:SMALL |CAPITAL |LETTER )*(?:SCRIPT |DOTLESS |OPEN )?([A-Z])(?: |\Z)")
_READ_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_DIGITS = str.maketrans("0123456789i", "olzeasbtbgl")
_DRAWN = {twin: letter for letter, twins in _TWINS.items() for twin in twins}
_ASCII = bytes(range(128))
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN", "COPTIC", "LISU", "GEORGIAN")


@remember(4096)
def draw_latin(text: str) -> str:
    """Write text in the Latin letters that it looks like, in lower case; what looks like none stays as it is.

    >>> draw_latin("рауРаl"), draw_latin("Ｐàỵ-ᴘᴀʟ"), draw_latin("москва.рф")
    ('paypal', 'pay-pal', 'mockba.pф')
    """
    if text.isascii():
        return text[:MAX_TEXT_CHARS].lower()
    return "".join(map(_draw, text[:MAX_TEXT_CHARS])).lower()


@lru_cache(maxsize=4096)
def _draw(letter: str) -> str:
    if letter.isascii() or unicodedata.combining(letter):
        return letter if letter.isascii() else ""
    if drawn := _DRAWN.get(letter):
        return drawn
    parts = unicodedata.normalize("NFKD", letter)
    if parts != letter:
        return "".join(map(_draw, parts))
    named = _LATIN_NAME.match(unicodedata.name(letter, ""))
    return named[1].lower() if named else letter


@remember(4096)
def blur(name: str) -> str:
    """Give a form that is equal for names which a hasty reader takes for one another.

    >>> blur("paypal") == blur("PAYPA1") == blur("рayраl"), blur("arnazon") == blur("amazon")
    (True, True)
    """
    drawn = draw_latin(name).translate(_DIGITS)
    for pair, letter in _READ_ALIKE:
        drawn = drawn.replace(pair, letter)
    return drawn


def keep_foreign(text: str) -> str:
    """Give the characters of a text that are not ASCII; usually few, so that looking through them is quick.

    >>> keep_foreign("Grüße aus 東京")
    'üß東京'
    """
    if text.isascii():
        return ""
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def find_scripts(letters: Iterable[str]) -> set[str]:
    """Give the scripts with look-alikes that letters belong to; Latin among them."""
    names = (unicodedata.name(letter, "").partition(" ")[0] for letter in set(letters) if letter.isalpha())
    return {name for name in names if name in _SCRIPTS}


def looks_latin(label: str) -> bool:
    """Say whether a label mixes Latin with look-alikes, or holds only foreign letters that are drawn as Latin.

    >>> looks_latin("аррӏе"), looks_latin("pаypal"), looks_latin("bücher"), looks_latin("привет")
    (True, True, False, False)
    """
    if label.isascii():
        return False
    scripts = find_scripts(label[:MAX_TEXT_CHARS])
    if len(scripts) > 1:
        return True
    return scripts != {"LATIN"} and bool(scripts) and draw_latin(label).isascii() and not _is_a_word(label)


def _is_a_word(label: str) -> bool:
    """Say whether letters stand there whose likeness is loose: real words of the script have such."""
    return any(letter in _LOOSE for letter in label)


_LOOSE = frozenset("бвгзкмнптшьйыβγδεζηκλμπτφψωσ")
