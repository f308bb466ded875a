"""Exchange the foreign letters of a text, or some of its words, without a look at every letter.

A text holds few distinct foreign letters: each is looked up once, and exchanged in the whole text at once. Words that
are exchanged are found by a mark in them.
"""

from collections.abc import Callable

MAX_EXCHANGED = 60  # distinct letters, each of which is exchanged by itself; more are exchanged letter by letter


def exchange_letters(text: str, letters: str, write: Callable[[str], str]) -> str:
    """Give the text with each of these letters written as `write` says.

    What `write` gives may hold no other of the letters that it changes: they are exchanged one after the other.

    >>> exchange_letters("naïve café", "ïé", {"ï": "i", "é": "e"}.__getitem__)
    'naive cafe'
    """
    written = {letter: other for letter in set(letters) if (other := write(letter)) != letter}
    if len(written) > MAX_EXCHANGED:
        return text.translate({ord(letter): other for letter, other in written.items()})
    for letter, other in written.items():
        text = text.replace(letter, other)
    return text


def exchange_words(text: bytes, marks: bytes, other: bytes, is_meant: Callable[[bytes, int], bool]) -> bytes:
    """Give the text with `other` in the place of every word that holds a mark; words stand apart by spaces alone.

    `marks` is a table that makes a slash of every mark, because one letter is found much faster than one of several;
    `is_meant` says of the text and a place whether the mark there counts.

    >>> exchange_words(b"see a@b.example or c", bytes.maketrans(b"@", b"/"), b"(it)", lambda *_: True)
    b'see (it) or c'
    """
    marked = text.translate(marks)
    pieces: list[bytes] = []
    end, place = 0, marked.find(b"/")
    while place >= 0:
        if not is_meant(text, place):
            place = marked.find(b"/", place + 1)
            continue
        pieces += (text[end : text.rfind(b" ", end, place) + 1 or end], other)
        end = text.find(b" ", place)
        if end < 0:
            return b"".join(pieces)
        place = marked.find(b"/", end)
    return b"".join([*pieces, text[end:]]) if pieces else text
