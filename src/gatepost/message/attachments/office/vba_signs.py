"""What the source of a macro says that it does: what starts it, what it reaches for, and where it leads.

Standards: names of events and of automatic macros as the VBA references of Word, Excel, PowerPoint, Publisher, Visio
and Project tell them ("Auto Macros", "Events" of each object model, "ActiveX controls").
Trust: the source is a stranger's, and made to be read badly: names are joined from pieces, letters are numbers.
Fails: never. Every pattern runs in one pass over the text.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_SOURCE_CHARS = 4 * 1024 * 1024
MAX_STRING_CHARS = 64 * 1024  # of one string that is decoded
MAX_DECODED_CHARS = 1024 * 1024  # of all
MAX_STRINGS = 20_000
MAX_FOUND = 20  # of one kind
MANY_NUMBERS = 40  # letters given as numbers
LONG_STRING_CHARS = 200
_MIN_CODE_CHARS = 12

_STARTS = re.compile(
    r"""^[ \t]*(?:(?:Public|Private|Friend|Static)[ \t]+){0,3}(?:Sub|Function)[ \t]+(
      Auto_?(?:Exec|Open|Close|Exit|New|Activate|Deactivate|ShowBegin)\w{0,50}
    | Document_?(?:Open|Close|New|BeforeClose|BeforeSave|BeforePrint|Change|Sync|ContentControlOnEnter)\w{0,50}
    | NewDocument | (?:App|Application)_\w{1,50}
    | Workbook_(?:Open|Activate|Deactivate|Close|BeforeClose|BeforeSave|NewSheet|Sheet(?:Activate|Calculate)
      |Window(?:Activate|Resize)|AddinInstall)
    | Worksheet_(?:Activate|Calculate|Deactivate|TableUpdate|PivotTableUpdate) | Chart_(?:Activate|Calculate|Resize)
    | Presentation_?(?:Open|BeforeClose|Close) | OnSlideShow\w{1,50} | SlideShow\w{1,50} | Project_Open
    | \w{0,50}Ribbon\w{0,50}On_?Load | \w{0,50}On_?Load\w{0,50}Ribbon | rxOnLoad
    | \w{1,100}_(?:Layout|GotFocus|LostFocus|Resize|Painted|Painting|Mouse(?:Move|Hover|Enter|Leave)|BeforeNavigate2
      |BeforeScriptExecute|DocumentComplete|Download(?:Begin|Complete)|FileDownload|NavigateComplete2|NavigateError
      |ProgressChange|PropertyChange|SetSecureLockIcon|StatusTextChange|TitleChange|OnConnecting|FollowHyperlink
      |ContentControlOnEnter)
    | File(?:Open|Close|Save|SaveAs|Print|PrintDefault|New|Exit) | ToolsMacro | ViewVBCode
    )[ \t]*(?:\(|$)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
# What only programs that do harm, or administrators, need; a macro that starts by itself and has one of these is bait.
_STRONG = re.compile(
    r"""\b(?:ShellExecute\w*|Shell\.Application|WScript\.Shell|WinExec|CreateProcess\w*
    |Win32_Process\w*|winmgmts|WbemScripting\.\w+|MacScript|AppleScriptTask|ExecuteExcel4Macro|ShellBrowserWindow
    |power-?shell(?:\.exe)?|pwsh|cmd(?:\.exe)?[ \t]*/[a-z]\b|mshta|rundll32|regsvr32|certutil|bitsadmin
    |[cw]script\.exe|wmic|schtasks
    |Schedule\.Service|URLDownloadToFile\w*|(?:Server)?XMLHTTP(?:\.\d\.\d)?|WinHttp\w*(?:\.\w+)*|InternetOpenUrl\w*
    |InternetReadFile|System\.Net\.WebClient|DownloadFile|DownloadString|Invoke-(?:WebRequest|Expression)|FromBase64String
    |VirtualAlloc(?:Ex)?|VirtualProtect(?:Ex)?|WriteProcessMemory|WriteVirtualMemory|RtlMoveMemory|CreateThread
    |CreateRemoteThread|NtQueueApcThread|QueueUserAPC|EnumSystem\w+A|AmsiScanBuffer|SaveToFile|AccessVBOM
    |VBProject|VBComponents|CodeModule|AddFromString|ADODB\.Stream|RegWrite|MSScriptControl\.ScriptControl|CallByName
    |C08AFD90-F2A1-11D1-8455-00A0C91F3880|9BA05972-F6A8-11CF-A442-00A0C90A8F39|72C24DD5-D70A-438B-8A42-98424B88AFB8)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_SHELL = re.compile(r"(?<![\w.])(?:VBA\.|Interaction\.)*(Shell)\b[ \t]*(?=[(\w\"])", re.IGNORECASE)
_WEAK = re.compile(
    r"""\b(?:CreateObject|GetObject|Environ\$?|ExpandEnvironmentStrings|Declare[ \t]+(?:PtrSafe[ \t]+)?(?:Sub|Function)
    |Kill|FileCopy|CreateTextFile|FileSystemObject|Open\b[^\n]{1,200}?\bFor[ \t]+(?:Binary|Output|Append)|SendKeys
    |StrReverse|vbHide|RegRead|FollowHyperlink|FileDialog|Application\.Run|DispCallFunc|LoadLibrary\w*
    |GetProcAddress|ThisDocument\.Variables|BuiltInDocumentProperties|InternetExplorer\.Application)""",
    re.IGNORECASE | re.VERBOSE,
)
_WRITES = re.compile(
    r"""\b(?:CreateTextFile|FileCopy|CopyFile|Kill
    |Open\b[^\n]{1,200}?\bFor[ \t]+(?:Output|Append|Binary(?![ \t]+Access[ \t]+Read\b(?![ \t]+Write))))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_URL = re.compile(r"""\b(?:https?|ftp|file)://[^\s"'<>|\\^`{}\x00-\x1f]{4,2000}""", re.IGNORECASE)
_STRING_OR_COMMENT = re.compile(r'("[^"\n]*(?:""[^"\n]*)*")|(?:\'|\bRem\b)[^\n]*', re.IGNORECASE)
_STRING = re.compile(r'"([^"\n]*(?:""[^"\n]*)*)"')
_CONTINUATION = re.compile(r"[ \t]_[ \t]*\r?\n[ \t]*")
_LETTER = re.compile(r"\bChr[WB]?\$?[ \t]*\([ \t]*(?:&H([0-9a-f]{1,4})|(\d{1,5}))&?[ \t]*\)", re.IGNORECASE)
_JOINT = re.compile(r'"[ \t]*[&+][ \t]*"')
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_PROCEDURE = re.compile(r"^[ \t]*(?:(?:Public|Private|Friend|Static)[ \t]+)*Sub[ \t]+\w", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MacroSigns:
    """What was found in the source of one project, each name once."""

    starts: tuple[str, ...]  # procedures that run without being called
    strong: tuple[str, ...]  # what runs programs, fetches files, writes into memory
    weak: tuple[str, ...]  # what honest macros use now and then
    writes: tuple[str, ...]  # of those, what makes files or deletes them
    urls: tuple[str, ...]
    has_procedures: bool  # False: only functions that cells may use, or nothing


def read_signs(source: str) -> MacroSigns:
    """Read the source of all modules of a project together."""
    source = source[:MAX_SOURCE_CHARS]
    code = fold_strings(_strip_comments(_CONTINUATION.sub(" ", source)))
    hidden = "\n".join(_decode_strings(code))
    strong = [
        *_find(_SHELL, _STRING.sub('""', code)),
        *_find(_STRONG, code),
        *_find(_STRONG, hidden),
        *_tell_obfuscation(source),
    ]
    urls = dict.fromkeys((*_find(_URL, code), *_find(_URL, hidden)))
    return MacroSigns(
        starts=tuple(_find(_STARTS, code)),
        strong=tuple(dict.fromkeys(strong)),
        weak=tuple(_find(_WEAK, code)),
        writes=tuple(_find(_WRITES, code)),
        urls=tuple(urls),
        has_procedures=bool(_PROCEDURE.search(code)),
    )


def find_strong(text: str) -> Iterator[str]:
    """Give the words of a text, in small letters, that only harm or administration needs."""
    return (name.casefold() for name in _find(_STRONG, text))


def fold_strings(code: str) -> str:
    """Join what is written in pieces: letters given as numbers, and strings that are added.

    >>> fold_strings('Chr(99) & "m" + "d"')
    '"cmd"'
    """
    return _JOINT.sub("", _LETTER.sub(_write_letter, code))


def _write_letter(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    letter = chr(number & 0xFFFF)
    return f'"{letter * 2 if letter == chr(34) else letter}"' if letter.isprintable() else '" "'


def _strip_comments(source: str) -> str:
    return _STRING_OR_COMMENT.sub(lambda match: match[1] or "", source)


def _find(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    found: dict[str, str] = {}
    for match in pattern.finditer(text):
        name = " ".join((match[1] if match.lastindex else match[0]).split())
        found.setdefault(name.casefold(), name)
        if len(found) >= MAX_FOUND:
            break
    return iter(found.values())


def _decode_strings(code: str) -> Iterator[str]:
    """Give what strings mean that are reversed or written in hexadecimal digits or Base64."""
    left = MAX_DECODED_CHARS
    for number, match in enumerate(_STRING.finditer(code)):
        text = match[1][:MAX_STRING_CHARS]
        left -= len(text)
        if number >= MAX_STRINGS or left < 0:
            return
        if len(text) >= _MIN_CODE_CHARS:
            yield text[::-1]
            yield from (_read_bytes(bytes.fromhex(piece[0])) for piece in _HEX.finditer(text))
            yield from (_read_base64(piece[0]) for piece in _BASE64.finditer(text))


def _read_base64(text: str) -> str:
    try:
        return _read_bytes(base64.b64decode(text[: len(text) // 4 * 4]))
    except binascii.Error:
        return ""


def _read_bytes(content: bytes) -> str:
    return content.replace(b"\x00", b"").decode("latin-1")


def _tell_obfuscation(source: str) -> Iterator[str]:
    letters = sum(_write_letter(match).strip('" ').isalnum() for match in _LETTER.finditer(source))
    if letters >= MANY_NUMBERS:
        yield f"{letters} letters given as numbers"
    for match in _STRING.finditer(source):
        if len(match[1]) >= LONG_STRING_CHARS and (_HEX.fullmatch(match[1]) or _BASE64.fullmatch(match[1])):
            yield "a long coded string"
            return
