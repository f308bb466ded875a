"""What a PDF does: its actions, what sets them off, its forms, links and embedded files, as traits.

Standards: ISO 32000-1 §12.6 (actions), §12.7 (forms), §7.11 (files), §13 (multimedia).
Trust: everything comes from a stranger, who may have made objects of any shape.
Fails: a damaged object may raise whatever pikepdf raises; the caller goes on with the next one.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pikepdf

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.pdf.streams import read_name, read_stream
from gatepost.model.contents import LinkSource

MAX_SCRIPT_BYTES = 256 * 1024
MAX_CHAIN = 50  # actions that follow each other
MAX_SHOWN_CHARS = 120
MAX_NAMES = 500  # of a name tree
MAX_TREE_DEPTH = 10
ELSEWHERE = "elsewhere"  # nothing that was read sets it off

# What scripts of honest forms do not do: they leave the document, run what they decode, or reach for known holes.
_GRAVE_WORDS = re.compile(
    r"\bnLaunch\b|exportDataObject|app\s{0,9}\.\s{0,9}launchURL|\bgetURL\b|submitForm"
    r"|importDataObject|mailMsg|mailDoc|mailForm|\bSOAP\b|Net\s{0,9}\.\s{0,9}HTTP|\beval\s{0,9}\(|unescape\s{0,9}\("
    r"|fromCharCode|%u[0-9a-f]{4}|util\s{0,9}\.\s{0,9}printf\s{0,9}\(\s{0,9}[\"']%[0-9]{4,}|Collab\s{0,9}\.\s{0,9}getIcon"
    r"|collectEmailInfo|customDictionaryOpen|media\s{0,9}\.\s{0,9}newPlayer|heap.?spray|nop.?sled|execMenuItem"
    r"|app\s{0,9}\.\s{0,9}openDoc|newDoc|cmd\.exe|powershell|document\s{0,9}\.\s{0,9}(?:cookie|write)|window\s{0,9}\."
    r"|\btrustedFunction|arguments\s{0,9}\.\s{0,9}callee",
    re.IGNORECASE,
)
_SECRET_FIELD = re.compile(
    r"pass(?:word|wort|wd|code|phrase)?\b|\bpwd|\bkennwort|contrase|mot de passe|\bcvv|\bcvc|\bpin\b(?!.?code)"
    r"|credential|密码|密碼|口令|验证码|パスワード|пароль|비밀번호",
    re.IGNORECASE,
)
_PASSWORD_FLAG = 1 << 13
_FAR = re.compile(r"(?:\\\\|//|[a-z]{2,10}://)[^\\/]", re.IGNORECASE)
_WEB = re.compile(r"(?:https?|ftp|mailto|tel|sip):", re.IGNORECASE)
_ODD_SCHEME = re.compile(r"\s*(?:javascript|vbscript|data|file|ms-[a-z]+|search-ms|smb|\\\\)", re.IGNORECASE)
_EVENTS = MappingProxyType(
    {"/O": "open", "/PO": "open", "/PV": "open", "/K": "field", "/F": "field", "/V": "field", "/C": "field"}
)
_MEDIA = MappingProxyType(
    {
        "/RichMedia": "pdf.rich_media", "/3D": "pdf.rich_media", "/Movie": "pdf.media", "/Sound": "pdf.media",
        "/Screen": "pdf.media",
    }
)  # fmt: skip


@dataclass(slots=True)
class Observer:
    """Notes what one PDF does; each object once."""

    file: File
    insides: Insides
    desk: Desk
    base_url: str = ""
    _seen: set[tuple[int, int]] = field(default_factory=set)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def tell(self, code: str, trigger: str, text: str) -> None:
        """Note an action by what sets it off; what was met on such a way is not told again as met elsewhere."""
        if trigger != ELSEWHERE or (code, text) not in self._told:
            self._told.add((code, text))
            self.insides.note(code, f"{trigger}: {text}")

    def note_action(self, action: pikepdf.Object, trigger: str) -> None:
        """Note an action and those that follow it; `trigger` says what sets them off."""
        waiting = [action]
        for _ in range(MAX_CHAIN):
            if not waiting:
                return
            one = waiting.pop()
            if isinstance(one, pikepdf.Array):
                waiting += [item for item in one if isinstance(item, pikepdf.Dictionary)][:MAX_CHAIN]
            elif isinstance(one, pikepdf.Dictionary) and self._is_new(one):
                self._note_one(one, trigger)
                if (following := one.get("/Next")) is not None:
                    waiting.append(following)

    def note_events(self, events: pikepdf.Object | None) -> None:
        """Note the actions of an /AA dictionary."""
        if isinstance(events, pikepdf.Dictionary):
            for event, action in events.items():
                self.note_action(action, _EVENTS.get(event, "event"))

    def note_script_names(self, tree: pikepdf.Object) -> None:
        """Note the scripts of the document: they run when it is opened."""
        for action in read_names(tree):
            self.note_action(action, "document")

    def note_field(self, one: pikepdf.Dictionary) -> None:
        """Note a field that asks for a secret."""
        name = read_text(one.get("/T"))
        flags = one.get("/Ff")
        hides = isinstance(flags, int) and bool(flags & _PASSWORD_FLAG)
        label = f"{name} {read_text(one.get('/TU'))}".strip()
        if hides or _SECRET_FIELD.search(label[:MAX_SHOWN_CHARS]):
            self.insides.note("pdf.secret_field", label)

    def note_annotation(self, one: pikepdf.Dictionary) -> None:
        """Note media that play in the page."""
        if (code := _MEDIA.get(read_name(one.get("/Subtype")))) is not None:
            self.insides.note(code, read_name(one.get("/Subtype"))[1:])

    def note_file(self, one: pikepdf.Dictionary) -> None:
        """Open the files that a file specification holds."""
        held = one.get("/EF")
        name = read_text(one.get("/UF")) or read_text(one.get("/F"))
        for stream in held.values() if isinstance(held, pikepdf.Dictionary) else ():
            if isinstance(stream, pikepdf.Stream):
                self.open_stream(stream, name)

    def open_stream(self, stream: pikepdf.Stream, name: str) -> None:
        """Open an embedded file, once."""
        if self._is_new(stream):
            self.insides.note("pdf.embedded_file", name)
            allowed = self.desk.allowance_bytes
            content = read_stream(stream, allowed + 1)
            if len(content) > allowed:
                self.desk.open_beginning(self.file, self.insides, name, content[:allowed])
            else:
                self.desk.open_inside(self.file, self.insides, name, content)

    def note_script(self, code: str, trigger: str) -> None:
        """Note a script, and what it does that forms do not need."""
        if not code.strip():
            return
        self.tell("pdf.javascript", trigger, _shorten(code))
        for match in _GRAVE_WORDS.finditer(code[:MAX_SCRIPT_BYTES]):
            self.insides.note("pdf.script_word", match[0].lower())

    def note_url(self, url: str, source: LinkSource = LinkSource.DOCUMENT) -> None:
        """Note a link."""
        if _ODD_SCHEME.match(url):
            self.insides.note("pdf.odd_link", url)
        elif self.base_url and not _FAR.match(url) and not _WEB.match(url):
            url = f"{self.base_url.rstrip('/')}/{url.lstrip('/')}"
        self.insides.link(url, source)

    def _is_new(self, one: pikepdf.Object) -> bool:
        place = one.objgen
        if place == (0, 0):  # a direct object has no place, and is met where it stands alone
            return True
        is_new = place not in self._seen
        self._seen.add(place)
        return is_new

    def _note_one(self, action: pikepdf.Dictionary, trigger: str) -> None:
        if (script := action.get("/JS")) is not None:
            self.note_script(read_script(script), trigger)
        if (note := _ACTIONS.get(read_name(action.get("/S")))) is not None:
            note(self, action, trigger)


def _note_uri(observer: Observer, action: pikepdf.Dictionary, trigger: str) -> None:
    url = read_text(action.get("/URI"))
    if trigger == "open":
        observer.insides.note("pdf.opens_link", url)
    observer.note_url(url)


def _note_launch(observer: Observer, action: pikepdf.Dictionary, trigger: str) -> None:
    windows = action.get("/Win")
    words = [_read_target(action.get("/F"))]
    if isinstance(windows, pikepdf.Dictionary):
        words += [read_text(windows.get("/F")), read_text(windows.get("/P"))]
    observer.tell("pdf.launch", trigger, " ".join(filter(None, words)))


def _note_submit(observer: Observer, action: pikepdf.Dictionary, trigger: str) -> None:
    url = _read_target(action.get("/F"))
    observer.insides.note("pdf.submits_at_open" if trigger == "open" else "pdf.submit", url)
    if url:
        observer.insides.link(url, LinkSource.FORM)


def _note_remote(observer: Observer, action: pikepdf.Dictionary, trigger: str) -> None:
    target = _read_target(action.get("/F"))
    if _FAR.match(target):
        observer.tell("pdf.remote_file", trigger, target)
        observer.insides.link(target)


def _note_import(observer: Observer, action: pikepdf.Dictionary, trigger: str) -> None:
    observer.tell("pdf.import_data", trigger, _read_target(action.get("/F")))


def _note_media(observer: Observer, action: pikepdf.Dictionary, _: str) -> None:
    observer.insides.note("pdf.media", read_name(action.get("/S"))[1:])


_ACTIONS: Mapping[str, Callable[[Observer, pikepdf.Dictionary, str], None]] = MappingProxyType(
    {
        "/URI": _note_uri,
        "/Launch": _note_launch,
        "/SubmitForm": _note_submit,
        "/GoToR": _note_remote,
        "/GoToE": _note_remote,
        "/Thread": _note_remote,
        "/ImportData": _note_import,
        "/Movie": _note_media,
        "/Sound": _note_media,
        "/Rendition": _note_media,
        "/RichMediaExecute": _note_media,
    }
)
ACTION_KINDS = frozenset({*_ACTIONS, "/JavaScript"})


def read_names(tree: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Give the values of a name tree (ISO 32000-1 §7.9.6)."""
    nodes = [(tree, 0)]
    left = MAX_NAMES
    while nodes and left > 0:
        node, depth = nodes.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        pairs = node.get("/Names")
        for value in list(pairs)[1::2][:left] if isinstance(pairs, pikepdf.Array) else ():
            left -= 1
            yield value
        kids = node.get("/Kids")
        if isinstance(kids, pikepdf.Array) and depth < MAX_TREE_DEPTH:
            nodes += [(kid, depth + 1) for kid in list(kids)[:left]]


def read_script(script: pikepdf.Object) -> str:
    """Give the code of a script, which is a string or a stream."""
    if isinstance(script, pikepdf.Stream):
        return decode_string(read_stream(script, MAX_SCRIPT_BYTES))
    return read_text(script)[:MAX_SCRIPT_BYTES]


def read_text(value: object) -> str:
    """Give a string of the document, "" for anything else."""
    return decode_string(bytes(value)) if isinstance(value, pikepdf.String) else ""


def decode_string(content: bytes) -> str:
    """Decode a text string (ISO 32000-1 §7.9.2.2, ISO 32000-2 adds UTF-8)."""
    for mark, codec in ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")):
        if content.startswith(mark):
            return content[len(mark) :].decode(codec, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _read_target(value: pikepdf.Object | None) -> str:
    """Give the name in a file specification, which is a string or a dictionary."""
    if isinstance(value, pikepdf.Dictionary):
        names = (read_text(value.get(key)) for key in ("/UF", "/F", "/DOS", "/Unix", "/Mac"))
        return next(filter(None, names), "")
    return read_text(value)


def _shorten(text: str) -> str:
    return " ".join(text[: 2 * MAX_SHOWN_CHARS].split())[:MAX_SHOWN_CHARS]
