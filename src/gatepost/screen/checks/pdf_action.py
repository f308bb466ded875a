"""A PDF does something by itself: it runs a script, starts a program, opens a page, or asks for a password.

Honest forms hold scripts that add up sums, and tickets that print themselves; scripts that leave the document, run
what they decode, or reach for known holes of readers are another matter.

Standards: ISO 32000-1 §12.6 (actions).
"""

import re
from collections.abc import Iterator, Mapping

from gatepost.model.contents import Trait
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

LAUNCH = Kind("pdf_action.launch", Severity.DANGER, 3.5, "A PDF starts a program.")
GRAVE_SCRIPT = Kind(
    "pdf_action.grave_script",
    Severity.DANGER,
    3.0,
    "A script in a PDF leaves the document, hides what it runs, or reaches for a known hole of a reader.",
)
SCRIPT = Kind("pdf_action.script", Severity.SUSPECT, 2.0, "A PDF that is no form runs a script when it is opened.")
FORM_SCRIPT = Kind(
    "pdf_action.form_script", Severity.ODD, 0.5, "A PDF holds a script, as forms do that add up or print themselves."
)
OPENS_PAGE = Kind(
    "pdf_action.opens_page",
    Severity.SUSPECT,
    2.5,
    "A PDF opens a page of the web by itself, or sends its answers there.",
)
REMOTE = Kind(
    "pdf_action.remote_file",
    Severity.SUSPECT,
    2.0,
    "A PDF loads a file from a strange machine, which tells the reader's name and password hash there.",
)
STRANGE_LINK = Kind(
    "pdf_action.strange_link",
    Severity.SUSPECT,
    2.0,
    "A link of a PDF is a script, or is handed to a program instead of a browser.",
)
SECRET = Kind("pdf_action.secret_field", Severity.SUSPECT, 2.5, "A form in a PDF asks for a password or the like.")
MEDIA = Kind("pdf_action.media", Severity.ODD, 1.0, "A PDF holds media of a kind that readers no longer play.")
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (
    LAUNCH, GRAVE_SCRIPT, SCRIPT, FORM_SCRIPT, OPENS_PAGE, REMOTE, STRANGE_LINK, SECRET, MEDIA,
)  # fmt: skip

_SAYS: Mapping[Kind, tuple[str, str]] = {
    LAUNCH: ("starts a program", "会启动程序"),
    GRAVE_SCRIPT: ("runs a script that honest documents have no need of", "会运行正常文档不需要的脚本"),
    SCRIPT: ("runs a script when it is opened", "打开时会运行脚本"),
    FORM_SCRIPT: ("holds a script", "含有脚本"),
    OPENS_PAGE: ("opens a page of the web by itself", "打开时会自动打开网页"),
    REMOTE: ("loads a file from a strange machine", "会从陌生的计算机加载文件"),
    STRANGE_LINK: ("holds a link that runs something instead of opening a page", "含有会运行程序而非打开网页的链接"),
    SECRET: ("asks for a password", "要求输入密码"),
    MEDIA: ("holds media that can run code", "含有可运行代码的多媒体内容"),
}
_PLAIN: Mapping[str, Kind] = {
    "pdf.script_in_font": GRAVE_SCRIPT,
    "pdf.opens_link": OPENS_PAGE,
    "pdf.submits_at_open": OPENS_PAGE,
    "pdf.import_data": REMOTE,
    "pdf.secret_field": SECRET,
    "pdf.rich_media": MEDIA,
}
_BY_ITSELF = ("open: ", "document: ")
_HARMLESS = re.compile(
    r"(?:open|document): (?:(?:this|app)\s*\.\s*)?(?:print|zoom|zoomType|pageNum|layout|calculateNow|resetForm)\b"
)
_WORDS_OF_FORMS = frozenset(  # buttons send answers, take in files and open pages; formulas are evaluated
    (
        "submitform", "maildoc", "mailmsg", "mailform", "geturl", "app.launchurl", "eval(", "window.", "newdoc",
        "net.http", "soap", "execmenuitem", "importdataobject", "exportdataobject", "app.opendoc", "fromcharcode",
        "arguments.callee", "trustedfunction",
    )
)  # fmt: skip
_TO_A_SHARE = re.compile(r"(?:\w+: )?(?:\\\\|//|file:|smb:)", re.IGNORECASE)
_LOCAL_LINK = re.compile(r"\s*file:(?:/{3}|/?[^/]|/*[a-z]:)", re.IGNORECASE)  # left over from the writer's own disk
_DOCUMENT_AT_A_CLICK = re.compile(  # as manuals on a disk lead from chapter to chapter
    r"(?:click|elsewhere): (?!.*(?:\\\\|//))[^<>|\"]{1,150}"
    r"\.(?:pdf|docx?|xlsx?|pptx?|txt|rtf|jpe?g|png|tiff?|html?|dwg|avi|mp4)",
    re.IGNORECASE,
)
_PROGRAM_END = re.compile(r"\.(?:exe|com|bat|cmd|js|jse|vbs|lnk|hta|scr|ps1|msi|jar)\b", re.IGNORECASE)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at every PDF, at any depth; one finding of a kind for each."""
    for carried in list_carried(case):
        traits = [trait for trait in carried.file.traits if trait.code.startswith("pdf.")]
        seen: dict[Kind, str] = {}
        for kind, text in _judge(traits):
            seen.setdefault(kind, text)
        yield from (_tell(kind, text, carried) for kind, text in seen.items())


def _judge(traits: list[Trait]) -> Iterator[tuple[Kind, str]]:
    scripts = [trait.text for trait in traits if trait.code == "pdf.javascript"]
    if scripts:
        yield _judge_scripts(scripts, traits)
    for trait in traits:
        if trait.code in _PLAIN:
            yield _PLAIN[trait.code], trait.text
        elif trait.code == "pdf.launch":
            yield STRANGE_LINK if _DOCUMENT_AT_A_CLICK.fullmatch(trait.text) else LAUNCH, trait.text
        elif (trait.code == "pdf.remote_file" and _TO_A_SHARE.match(trait.text)) or (
            trait.code == "pdf.remote_file" and trait.text.startswith(_BY_ITSELF)
        ):
            yield REMOTE, trait.text
        elif trait.code == "pdf.odd_link" and (not _LOCAL_LINK.match(trait.text) or _PROGRAM_END.search(trait.text)):
            yield STRANGE_LINK, trait.text


def _judge_scripts(scripts: list[str], traits: list[Trait]) -> tuple[Kind, str]:
    words = [trait.text for trait in traits if trait.code == "pdf.script_word"]
    is_form = any(trait.code in ("pdf.form", "pdf.xfa") for trait in traits)
    by_itself = [text for text in scripts if text.startswith(_BY_ITSELF) and not _HARMLESS.match(text)]
    grave = [word for word in words if "".join(word.split()) not in _WORDS_OF_FORMS]
    if grave or (words and by_itself and not is_form):
        return GRAVE_SCRIPT, f"{(by_itself or scripts)[0]} [{', '.join(words[:3])}]"
    if by_itself and not is_form:
        return SCRIPT, by_itself[0]
    return FORM_SCRIPT, scripts[0]


def _tell(kind: Kind, text: str, carried: Carried) -> Finding:
    says, says_zh = _SAYS[kind]
    shown, shown_zh = (f": {quote(text)}", f"：{quote(text)}") if text else ("", "")
    return kind.seen(
        carried.point(text),
        says=f"The PDF {carried.call()} {says}{shown}.",
        says_zh=f"PDF 文档 {carried.call_zh()} {says_zh}{shown_zh}。",
    )
