"""A shortcut starts a program with orders of the sender's, or fetches something from a strange machine.

That a shortcut comes by mail at all is told by risky_file and executable_attachment; here is what it would do.

Standards: [MS-SHLLINK]; the Desktop Entry Specification.
"""

import re
from collections.abc import Iterator

from gatepost.model.contents import Trait
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

COMMAND = Kind(
    "shortcut_target.command", Severity.DANGER, 4.0, "A shortcut gives orders to a program that obeys any order."
)
REMOTE = Kind(
    "shortcut_target.remote",
    Severity.DANGER,
    3.0,
    "A shortcut opens a file of a strange machine, which tells the reader's name and password hash there.",
)
HIDDEN = Kind(
    "shortcut_target.hidden", Severity.DANGER, 3.5, "A shortcut pushes its orders out of sight, or carries a file."
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (COMMAND, REMOTE, HIDDEN)

_OBEYS = re.compile(
    r"\b(?:cmd|powershell|pwsh|mshta|[wc]script|rundll32|regsvr32|msiexec|certutil|bitsadmin|curl|wget|forfiles"
    r"|conhost|pcalua|scriptrunner|installutil|msbuild|cmstp|odbcconf|ssh|scp|ftp|hh|explorer|wmic|schtasks|bash|wsl"
    r"|osascript|python[0-9.]*|perl|ruby|node|java)(?:\.exe)?[\"']?\s+\S|(?:^|[\\/ ])(?:sh|zsh)\s+-c\b",
    re.IGNORECASE,
)
_SAYS = {
    COMMAND: ("gives orders to a program", "会向系统程序下达命令"),
    REMOTE: ("opens a file of a strange machine", "会打开陌生计算机上的文件"),
    HIDDEN: ("hides what it does", "隐藏其真实行为"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at every shortcut, at any depth; one finding of a kind for each."""
    for carried in list_carried(case):
        seen: dict[Kind, str] = {}
        for trait in carried.file.traits:
            if (kind := _judge(trait)) is not None:
                seen.setdefault(kind, trait.text)
        for kind, text in seen.items():
            says, says_zh = _SAYS[kind]
            shown, shown_zh = (f": {quote(text)}", f"：{quote(text)}") if text else ("", "")
            yield kind.seen(
                carried.point(text),
                says=f"The shortcut {carried.call()} {says}{shown}.",
                says_zh=f"快捷方式 {carried.call_zh()} {says_zh}{shown_zh}。",
            )


def _judge(trait: Trait) -> Kind | None:
    match trait.code:
        case "shortcut.command":
            return COMMAND if _OBEYS.search(trait.text) else None
        case "shortcut.remote":
            return REMOTE
        case "shortcut.padded" | "shortcut.data_behind":
            return HIDDEN
        case _:
            return None
