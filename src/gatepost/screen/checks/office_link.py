"""A document reaches out by being opened: commands to other programs, templates and objects from elsewhere.

Links that a reader must click are judged by the checks of links; here is what a program does by itself, and what a
click starts on the reader's machine instead of opening a page.
"""

from collections.abc import Iterator, Mapping

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.documents import call_document
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

COMMAND = Kind(
    "office_link.command",
    Severity.DANGER,
    3.5,
    "A field or formula of a document starts a program (dynamic data exchange).",
)
EXCHANGE = Kind(
    "office_link.exchange",
    Severity.SUSPECT,
    2.0,
    "A field or formula of a document asks a program that is no known source of data (dynamic data exchange).",
)
TEMPLATE = Kind(
    "office_link.template",
    Severity.DANGER,
    3.0,
    "A document loads its template, in which macros may be, or its add-in from the web.",
)
STRANGE = Kind(
    "office_link.strange_target",
    Severity.DANGER,
    3.0,
    "A document leads to a target that is handed to a program of Windows by its scheme, not to a browser.",
)
PROGRAM = Kind(
    "office_link.program", Severity.DANGER, 3.0, "A click or a touch by the mouse runs a program from a document."
)
PROGRAM_FILE = Kind(
    "office_link.program_file",
    Severity.SUSPECT,
    1.5,
    "A link in a document leads to a program file on a disk or in the house.",
)
AT_ONCE = Kind(
    "office_link.loads_at_once", Severity.DANGER, 3.0, "Rich text loads an object from the web as soon as it is opened."
)
OBJECT = Kind(
    "office_link.object", Severity.SUSPECT, 2.0, "A document loads an object or a part of itself from the web."
)
SHARE = Kind(
    "office_link.share",
    Severity.SUSPECT,
    2.0,
    "A document loads something from a share on the internet, which tells the reader's name and password hash there.",
)
QUERY = Kind("office_link.query", Severity.SUSPECT, 1.5, "A table is fetched from the web when it is opened.")
PICTURE = Kind("office_link.picture", Severity.NOTE, 0.0, "A document loads a picture from the web.")
CONNECTION = Kind(
    "office_link.connection",
    Severity.NOTE,
    0.0,
    "A document has a connection by which it fetches data when it is asked to.",
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (
    COMMAND,
    EXCHANGE,
    TEMPLATE,
    STRANGE,
    PROGRAM,
    PROGRAM_FILE,
    AT_ONCE,
    OBJECT,
    SHARE,
    QUERY,
    PICTURE,
    CONNECTION,
)

_BY_TRAIT: Mapping[str, Kind] = {
    "office.dde_command": COMMAND,
    "office.dde": EXCHANGE,
    "office.remote_template": TEMPLATE,
    "office.remote_add_in": TEMPLATE,
    "office.strange_target": STRANGE,
    "office.runs_program": PROGRAM,
    "office.links_program": PROGRAM_FILE,
    "office.loads_at_once": AT_ONCE,
    "office.external_object": OBJECT,
    "office.loads": OBJECT,
    "office.loads_share": SHARE,
    "office.template_on_share": SHARE,
    "office.web_query": QUERY,
    "office.loads_picture": PICTURE,
    "office.data_connection": CONNECTION,
}
_WORDS: Mapping[Kind, tuple[str, str]] = {
    COMMAND: ("starts a program when it is opened", "打开时会启动程序"),
    EXCHANGE: ("sends a request to another program when it is opened", "打开时会向其他程序发送请求"),
    TEMPLATE: ("loads its template or add-in from the web when it is opened", "打开时会从网络加载模板或加载项"),
    STRANGE: ("leads to a program of the system instead of a page", "指向系统程序而非网页"),
    PROGRAM: ("runs a program at a click", "点击后会运行程序"),
    PROGRAM_FILE: ("leads to a program file", "指向程序文件"),
    AT_ONCE: ("loads an object from the web by itself", "会自行从网络加载对象"),
    OBJECT: ("loads an object from the web when it is opened", "打开时会从网络加载对象"),
    SHARE: ("loads something from a share on the internet", "打开时会从互联网共享加载内容"),
    QUERY: ("fetches a table from the web when it is opened", "打开时会从网络获取表格"),
    PICTURE: ("loads a picture from the web when it is opened", "打开时会从网络加载图片"),
    CONNECTION: ("fetches data by a connection", "会通过数据连接获取数据"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at every document, at any depth; one finding of a kind for each."""
    for carried in list_carried(case):
        seen: dict[Kind, str] = {}
        for trait in carried.file.traits:
            kind = _BY_TRAIT.get(trait.code)
            if kind:
                seen.setdefault(kind, trait.text)
        yield from (_tell(kind, text, carried) for kind, text in seen.items())


def _tell(kind: Kind, text: str, carried: Carried) -> Finding:
    words, words_zh = _WORDS[kind]
    name = call_document(carried)
    return kind.seen(
        carried.point(text),
        says=f"The document {name or 'without a name'} {words}: {quote(text)}.",
        says_zh=f"文档 {name or '（无名称）'} {words_zh}：{quote(text)}。",
    )
