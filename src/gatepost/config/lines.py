"""Where each key of a TOML text stands, so that a mistake in a setting can be told with its line.

Standards: TOML 1.0.0. tomllib gives values without places; this walks over the same text and keeps only places.
Trust: the text comes from the administrator and was read by tomllib before.
Fails: never; in a text that is not TOML the walk ends at the first thing that it does not understand.
"""

import re
from bisect import bisect_right

KeyPath = tuple[str | int, ...]

MAX_DEPTH = 100  # of arrays and inline tables within each other

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*""")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_VALUE = re.compile(r"[^,\]}#\r\n\"']+")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_SHORT_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


def locate_keys(text: str) -> dict[KeyPath, int]:
    r"""Give the line (from 1) on which each key, table and array element first stands.

    >>> locate_keys('a = 1\n[t]\nb.c = [2,\n3]\n')[("t", "b", "c", 1)]
    4
    """
    walk = _Walk(text)
    try:
        while walk.take_statement():
            pass
    except _LostError:
        pass
    return walk.lines


class _LostError(Exception):
    """The text goes on in a way that no TOML text does."""


class _Walk:
    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._position = 0
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._table: KeyPath = ()
        self._array_lengths: dict[KeyPath, int] = {}

    def take_statement(self) -> bool:
        """Walk over one table header or one `key = value`; False at the end of the text."""
        self._match(_BLANK)
        if self._position == len(self._text):
            return False
        if self._take("[["):
            self._take_header("]]", is_array=True)
        elif self._take("["):
            self._take_header("]", is_array=False)
        else:
            self._take_pair(self._table, depth=0)
        return True

    def _take_header(self, end: str, *, is_array: bool) -> None:
        here = self._position
        *parents, last = self._take_key()
        path: KeyPath = ()
        for part in parents:
            path = self._latest_element((*path, part))
        path = (*path, last)
        if is_array:
            self._array_lengths[path] = self._array_lengths.get(path, 0) + 1
        self._note(path, here)
        self._table = self._latest_element(path)
        self._note(self._table, here)
        self._expect(end)

    def _latest_element(self, path: KeyPath) -> KeyPath:
        length = self._array_lengths.get(path)
        return path if length is None else (*path, length - 1)

    def _take_pair(self, table: KeyPath, depth: int) -> None:
        here = self._position
        path = table
        for part in self._take_key():
            path = (*path, part)
            self._note(path, here)
        self._expect("=")
        self._take_value(path, depth)

    def _take_value(self, path: KeyPath, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise _LostError
        self._match(_BLANK)
        if self._take("["):
            self._take_elements(path, depth)
        elif self._take("{"):
            while not self._take("}"):
                self._take_pair(path, depth + 1)
                self._take_comma()
        elif not self._match(_STRING):
            self._require(_BARE_VALUE)

    def _take_elements(self, path: KeyPath, depth: int) -> None:
        self._match(_BLANK)
        index = 0
        while not self._take("]"):
            self._note((*path, index), self._position)
            self._take_value((*path, index), depth + 1)
            self._take_comma()
            index += 1

    def _take_comma(self) -> None:
        self._match(_BLANK)
        self._take(",")
        self._match(_BLANK)

    def _take_key(self) -> list[str]:
        parts = [_key_text(self._require(_KEY_PART))]
        while self._take("."):
            parts.append(_key_text(self._require(_KEY_PART)))
        return parts

    def _note(self, path: KeyPath, position: int) -> None:
        self.lines.setdefault(path, bisect_right(self._line_ends, position - 1) + 1)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._position)
        if match:
            self._position = match.end()
        return match

    def _require(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = self._match(pattern)
        if not match:
            raise _LostError
        return match

    def _take(self, token: str) -> bool:
        if not self._text.startswith(token, self._position):
            return False
        self._position += len(token)
        return True

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise _LostError


def _key_text(match: re.Match[str]) -> str:
    quoted, literal, bare = match.groups()
    if quoted is not None:
        return _ESCAPE.sub(_unescape, quoted)
    return literal if literal is not None else bare


def _unescape(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    if letter is not None:
        return _SHORT_ESCAPES.get(letter, letter)
    code = int(short or long, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - the last code point of Unicode
