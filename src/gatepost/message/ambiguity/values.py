"""Judge the value of one MIME header: do all mail programs read the same in it?

Standards: RFC 2045 §5.1 (Content-Type), §6.1 (Content-Transfer-Encoding), RFC 2183 §2, RFC 2231 §3-4; but what all
programs read alike, though no standard allows it (an unquoted `=` in a boundary), is no doubt.
Trust: the bytes come from the mail's author.
Fails: never. Linear in the length of the value.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from gatepost.message.ambiguity.pieces import Doubt
from gatepost.message.encoded_words import unfold
from gatepost.message.parameters import parse_disposition, parse_media_type, parse_parameters
from gatepost.message.transfer import KNOWN_ENCODINGS

MAX_JUDGED_BYTES = 4_096  # of one value; what is longer is in doubt for its length
MAX_KEPT_BYTES = 100  # what has no boundary in it is the same in most mails
MAX_KEPT_VALUES = 512
MAX_DETAIL_CHARS = 100

_TOKEN = rb"[\w!#$&^.+-]++"
_BLANK = rb"[ \t\r\n]*+"
_VALUE = rb"(?:\"[^\"\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*+\"|[^\s;\"()\\,\x00-\x1f\x7f]++)"
# The second way needs a blank: where both fitted, a row of them was tried in two to the power of its length ways.
_PARAMETER = rb"(?:[\w*-]++=" + _VALUE + rb"|[Cc][Hh][Aa][Rr][Ss][Ee][Tt](?: = ?|= )" + _VALUE + rb")"
_PARAMETERS = rb"(?:" + _BLANK + rb";" + _BLANK + _PARAMETER + rb")*" + _BLANK + rb";?" + _BLANK
_PLAIN_TYPE = re.compile(_BLANK + _TOKEN + rb"/" + _TOKEN + _PARAMETERS)
_PLAIN_DISPOSITION = re.compile(_BLANK + _TOKEN + _PARAMETERS)
_SIMPLE = rb"(?:;[ \t\r\n]*+[\w-]++=" + _VALUE + rb")?\r?"  # no parameter, or one in its plain form
_SIMPLE_TYPE = re.compile(rb" ?" + _TOKEN + rb"/" + _TOKEN + _SIMPLE)
_SIMPLE_DISPOSITION = re.compile(rb" ?" + _TOKEN + _SIMPLE)
_NAME = re.compile(rb";[ \t\r\n]*+([\w*-]+)=")
_FOLD = re.compile(rb"\r?\n[ \t]++")
_FOLDED_NAME = re.compile(rb"name=\"([^\"\n]*+\n[^\"]*+)\"", re.IGNORECASE)
_STAR = re.compile(r"([^*]+)\*(\d*)\*?")
_ENDING = re.compile(r"\.[^.\\/]{1,12}$")
_FAMILIES = {"name": "name", "filename": "name", "charset": "charset"}
_USUAL_ENCODINGS = frozenset(b" " + name.encode() for name in KNOWN_ENCODINGS)


def judge_media_type(value: bytes) -> tuple[Doubt, ...]:
    """Give what is in doubt about the value of a Content-Type."""
    if len(value) <= MAX_KEPT_BYTES and b"oundary" not in value:
        return _judge_kept_type(value)
    if len(value) <= MAX_JUDGED_BYTES and _SIMPLE_TYPE.fullmatch(value) and not _FOLDED_NAME.search(value):
        return ()
    return tuple(_judge_type(value))


def judge_disposition(value: bytes) -> tuple[Doubt, ...]:
    """Give what is in doubt about the value of a Content-Disposition."""
    if len(value) <= MAX_JUDGED_BYTES and _SIMPLE_DISPOSITION.fullmatch(value) and not _FOLDED_NAME.search(value):
        return ()
    return tuple(_judge_disposition(value))


def judge_encoding(value: bytes) -> tuple[Doubt, ...]:
    """Give what is in doubt about the value of a Content-Transfer-Encoding."""
    if value in _USUAL_ENCODINGS:
        return ()
    name = value.strip(b" \t\r\n").decode("latin-1").lower()
    return () if name in KNOWN_ENCODINGS else (Doubt("encoding.form", _show(value)),)


def _judge_type(value: bytes) -> Iterator[Doubt]:
    if len(value) > MAX_JUDGED_BYTES:
        yield Doubt("structure.long_type", _show(value))
        return
    if not _PLAIN_TYPE.fullmatch(value):
        yield Doubt("structure.type_form", _show(value))
    yield from _judge_folds(value)
    yield from _judge_parameters(value, lambda: parse_media_type(value)[1])


_judge_kept_type = lru_cache(MAX_KEPT_VALUES)(lambda value: tuple(_judge_type(value)))


def _judge_disposition(value: bytes) -> Iterator[Doubt]:
    if len(value) > MAX_JUDGED_BYTES:
        yield Doubt("name.long", _show(value))
        return
    if not _PLAIN_DISPOSITION.fullmatch(value):
        yield Doubt("name.form", _show(value))
    yield from _judge_folds(value)
    yield from _judge_parameters(value, lambda: parse_disposition(value)[1])


def _judge_folds(value: bytes) -> Iterator[Doubt]:
    """Look at names that are folded within their quotes: some programs leave out the blank with the line end."""
    for name in _FOLDED_NAME.findall(value):
        if _read_ending(unfold(name).decode("latin-1")) != _read_ending(join_folds(name).decode("latin-1")):
            yield Doubt("name.fold", _show(value))


def join_folds(value: bytes) -> bytes:
    """Leave out folds together with their blanks."""
    return _FOLD.sub(b"", value)


def _judge_parameters(value: bytes, parse: Callable[[], Mapping[str, str]]) -> Iterator[Doubt]:
    if value.count(b"=") < 2 and b"*" not in value:  # noqa: PLR2004 - a single parameter cannot stand twice
        return
    names = [name.decode("latin-1").lower() for name in _NAME.findall(value)]
    for name, count in Counter(names).items():
        if count > 1:
            yield Doubt(f"{_FAMILIES.get(name, 'structure')}.repeated_{name.strip('*')}", _show(value))
    if b"*" in value:
        yield from _judge_forms(names, value, parse())


def _judge_forms(names: list[str], value: bytes, read: Mapping[str, str]) -> Iterator[Doubt]:
    """Look at parameters in the forms of RFC 2231: with gaps, out of order, or beside one that ends otherwise."""
    sections: dict[str, list[str]] = {}
    for name in names:
        if match := _STAR.fullmatch(name):
            sections.setdefault(match[1], []).append(match[2])
    for name, numbers in sections.items():
        family = _FAMILIES.get(name, "structure")
        if name == "boundary":
            yield Doubt("structure.extended_boundary", _show(value))
        if numbers != [""] and numbers != [str(number) for number in range(len(numbers))]:
            yield Doubt(f"{family}.pieces_of_{name}", _show(value))
        if name in names and _read_ending(_read_plain(value, name)) != _read_ending(read.get(name, "")):
            yield Doubt(f"{family}.two_forms_of_{name}", _show(value))


def _read_plain(value: bytes, name: str) -> str:
    """Read a parameter as programs do that do not know of RFC 2231."""
    text = unfold(value).decode("latin-1").replace("*", "-")
    return parse_parameters(text.partition(";")[2]).get(name, "")


def _read_ending(name: str) -> str:
    match = _ENDING.search(name.strip())
    return match[0].lower() if match else ""


def are_of_one_ending(one: str, other: str) -> bool:
    """Say whether two names of a file would be opened by the same program."""
    return _read_ending(one) == _read_ending(other)


def _show(value: bytes) -> str:
    return unfold(value[: 2 * MAX_DETAIL_CHARS]).decode("utf-8", "replace")[:MAX_DETAIL_CHARS]
