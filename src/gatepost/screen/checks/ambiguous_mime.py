"""The mail can be read in more than one way: some mail programs may show parts of it that others do not.

What stands in the other ways is screened and opened like the rest (flow/readings.py); here it is told that there are
any. Ordinary software writes such mail, too: only what is hidden by it is a reason to keep the mail.
"""

from collections.abc import Iterator

from gatepost.message.ambiguity.pieces import Ambiguity
from gatepost.message.ambiguity.read import find_ambiguities
from gatepost.message.message import Message
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_SHOWN = 5  # places in the evidence of one finding

HIDDEN_PART = Kind(
    "ambiguous_mime.hidden_part",
    Severity.DANGER,
    3.0,
    "The mail is built so that some mail programs show a file which others, and most filters, do not see.",
)
FRAGMENT = Kind(
    "ambiguous_mime.fragment",
    Severity.DANGER,
    3.0,
    "The mail is a fragment (message/partial); what it is a part of cannot be judged.",
)
HIDDEN_LINK = Kind(
    "ambiguous_mime.hidden_link",
    Severity.SUSPECT,
    2.0,
    "The mail is built so that some mail programs show links which others do not.",
)
STRUCTURE = Kind(
    "ambiguous_mime.structure",
    Severity.NOTE,
    0.0,
    "Mail programs differ about where the parts of the mail begin and end.",
)
ENCODING = Kind(
    "ambiguous_mime.encoding", Severity.NOTE, 0.0, "Mail programs differ about how a part of the mail is encoded."
)
NAME = Kind("ambiguous_mime.name", Severity.NOTE, 0.0, "Mail programs differ about the name of a file.")
CHARSET = Kind("ambiguous_mime.charset", Severity.NOTE, 0.0, "Mail programs differ about the characters of a text.")
KINDS: tuple[Kind, ...] = (HIDDEN_PART, FRAGMENT, HIDDEN_LINK, STRUCTURE, ENCODING, NAME, CHARSET)

_FRAGMENT = "structure.partial"
_KINDS = {
    "hidden.file": HIDDEN_PART,
    "hidden.limit": HIDDEN_PART,
    "hidden.link": HIDDEN_LINK,
    _FRAGMENT: FRAGMENT,
    "structure": STRUCTURE,
    "encoding": ENCODING,
    "name": NAME,
    "charset": CHARSET,
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Tell of each kind of ambiguity once, with its places."""
    ambiguities = find_ambiguities(case.message)
    if not ambiguities:
        return
    by_kind: dict[str, list[Ambiguity]] = {}
    for one in ambiguities:
        by_kind.setdefault(_find_kind(one).code, []).append(one)
    for kind in KINDS:
        if places := by_kind.get(kind.code):
            yield _tell(kind, places, case.message)


def _find_kind(ambiguity: Ambiguity) -> Kind:
    return _KINDS.get(ambiguity.code) or _KINDS[ambiguity.code.partition(".")[0]]


def _tell(kind: Kind, places: list[Ambiguity], message: Message) -> Finding:
    says, says_zh = _SENTENCES[kind.code]
    detail = quote(places[0].detail)
    evidence = (_point_at(one, message) for one in places[:MAX_SHOWN])
    return kind.seen(*evidence, says=says.format(detail=detail), says_zh=says_zh.format(detail=detail))


def _point_at(one: Ambiguity, message: Message) -> Evidence:
    """Only a fragment is a part that all programs see, so that it can be taken out."""
    parts = message.walk() if one.code == _FRAGMENT else ()
    path = next((part.path for part in parts if part.body_span == one.span), "")
    return point_at(f"{one.code}: {one.detail}".rstrip(": "), one.span, path)


_SENTENCES = {
    HIDDEN_PART.code: (
        "Some mail programs find a file in this mail that others do not see ({detail}): it is hidden from filters.",
        "部分邮件程序能在该邮件中看到其他程序看不到的文件（{detail}）：该文件刻意躲避过滤。",
    ),
    FRAGMENT.code: (
        "The mail is only a fragment ({detail}) of another one, and cannot be judged without the rest.",
        "该邮件只是另一封邮件的片段（{detail}），缺少其余部分则无法检查。",
    ),
    HIDDEN_LINK.code: (
        "Some mail programs show links in this mail that others do not see ({detail}).",
        "部分邮件程序会显示其他程序看不到的链接（{detail}）。",
    ),
    STRUCTURE.code: (
        "Mail programs differ about where the parts of this mail begin and end.",
        "不同邮件程序对该邮件各部分的起止位置理解不一。",
    ),
    ENCODING.code: (
        "Mail programs differ about how a part of this mail is encoded.",
        "不同邮件程序对该邮件某一部分的编码方式理解不一。",
    ),
    NAME.code: ("Mail programs differ about the name of a file.", "不同邮件程序对某个文件的名称理解不一。"),
    CHARSET.code: (
        "Mail programs differ about the characters of a text.",
        "不同邮件程序对某段文字的字符编码理解不一。",
    ),
}  # fmt: skip
