r"""Where a document leads, and what it has loaded or started from there.

Trust: targets are a stranger's; honest documents are full of paths to files of their own authors.
"""

import re

from gatepost.message.attachments.desk import Insides
from gatepost.model.contents import LinkSource

ADD_IN = "_AssemblyLocation"  # the property of a document that names its add-in
_URL = re.compile(r"\s*(?:https?|ftps?|webdavs?):[/\\]{2}", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9a-f]{2})", re.IGNORECASE)
_FAR_SHARE = re.compile(r"\s*(?:file:[/\\]{0,5})?[\\/]{2}[^\\/?]", re.IGNORECASE)
_NEAR_HOST = re.compile(  # a machine of the reader's own network: a name without dots, or a private address
    r"\s*(?:file:[/\\]{0,5})?[\\/]{2}(?:[^\\/.@]+(?=[\\/]|$)|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|127\.|[^\\/@]+\.(?:local|lan|corp"
    r"|internal|home|intra)(?=[\\/]|$))",
    re.IGNORECASE,
)
_NEAR_FILE = re.compile(r"\s*file:(?:/|///)?[^\\/]", re.IGNORECASE)
_MONIKER = re.compile(
    r"\s*(?:mhtml|its|ms-its|mk|x-usc|script|scriptlet|javascript|vbscript|search-ms|search|ms-msdt|ms-[a-z0-9-]+|shell"
    r"|jscript|mshta|cmd|powershell|hcp|res|about|data|ldap):",
    re.IGNORECASE,
)
_HARMLESS_SCHEMES = re.compile(
    r"\s*(?:ms-(?:word|excel|powerpoint|visio|access|project|publisher|teams|outlook)):", re.IGNORECASE
)
_WEB_INSIDE = re.compile(r"https?://[^|]{3,}", re.IGNORECASE)
_DEAD_ENDS = ("data:", "about:", "javascript:")  # pages that are pasted into a letter bring these; no click runs them
# What Windows runs, as a target of its own or with words after it; what ends with .com is a site without its scheme.
_PROGRAM = re.compile(
    r"""\s*["']?(?:[^"'?#*|<>]{0,200}[\\/])?(?:
    (?:powershell|pwsh|cmd|mshta|wscript|cscript|rundll32|regsvr32|msiexec|certutil|bitsadmin|wmic|schtasks|msbuild
    |installutil|forfiles|pcalua|msdt)(?:\.exe)?(?=["'\s/]|$)
    |[^"'?#*|<>\\/]{1,100}\.(?:exe|scr|pif|bat|cmd|vbs|vbe|js|jse|wsf|wsh|hta|ps1|lnk|cpl|msi|msc|reg|chm|sct|jar|scf)
    (?=["'\s]|$))""",
    re.IGNORECASE | re.VERBOSE,
)
_FILE_ALONE = re.compile(r"\.[a-z0-9]{2,3}[\"']?\s*$", re.IGNORECASE)
_INTERPRETER = re.compile(
    r"(?:^|[\\/])(?:powershell|pwsh|cmd|mshta|[cw]script|rundll32|regsvr32)(?:\.exe)?[\"']?\s*$", re.IGNORECASE
)


def _decode(target: str) -> str:
    return _PERCENT.sub(lambda match: chr(int(match[1], 16)), target)


def is_far(target: str) -> bool:
    r"""Say whether a target lies on another machine, so that loading it asks that machine.

    >>> is_far("https://a.example/x.dotm"), is_far("file:///C:/Normal.dotm"), is_far(r"\\192.0.2.1\share\x.dot")
    (True, False, True)
    """
    return bool(_URL.match(target)) or is_share(target)


def is_share(target: str) -> bool:
    r"""Say whether a target is a share outside: Windows sends the reader's name and password hash there.

    >>> is_share("file://a.example/x"), is_share("file:///c:/x"), is_share("//host@80/x"), is_share(r"\\files\x")
    (True, False, True, False)
    """
    return bool(_FAR_SHARE.match(target)) and not _NEAR_FILE.match(target) and not _NEAR_HOST.match(target)


def is_strange(target: str) -> bool:
    """Say whether a target is handed to a program by its scheme, which no document needs."""
    return bool(_MONIKER.match(target)) and not _HARMLESS_SCHEMES.match(target)


def is_program(target: str) -> bool:
    """Say whether a target is a program or a script on the reader's machine or a share, maybe with words for it."""
    return not _URL.match(target) and bool(_PROGRAM.match(_decode(target).removeprefix("file:").lstrip("/\\ ")))


def note_loaded(what: str, target: str, insides: Insides) -> None:
    """Note a target that is loaded while the document is opened."""
    if is_strange(target) or "!x-usc:" in target.lower():
        insides.note("office.strange_target", f"{what}: {target}")
    elif is_share(target):
        insides.note("office.loads_share", f"{what}: {target}")
    elif is_far(target):
        insides.note("office.loads", f"{what}: {target}")
    if "://" in target:
        insides.link(target[target.lower().rfind("http") :] if "http" in target.lower() else target)


def note_add_in(text: str, insides: Insides) -> None:
    """Note the add-in of a document where it is loaded from elsewhere: it is code, and runs with the document."""
    target = text.partition("|")[0].strip()
    if is_far(target):
        insides.note("office.remote_add_in", target)
        insides.link(target)


def note_clicked(target: str, insides: Insides) -> None:
    """Note a target that is opened by a click, and give it to those who judge links."""
    if _HARMLESS_SCHEMES.match(target) and (inner := _WEB_INSIDE.search(target)):
        insides.link(inner[0])  # the program of the scheme opens it: ms-word:ofe|u|https://...
    elif "://" in target or target.lower().startswith("mailto:"):
        insides.link(target, LinkSource.DOCUMENT)
    note_program(target, insides)


def note_program(target: str, insides: Insides) -> None:
    """Note a target that a click runs as a program."""
    if is_strange(target) and not target.lower().startswith(_DEAD_ENDS):
        insides.note("office.strange_target", target)
    elif is_program(target):
        insides.note("office.links_program" if _is_mere_file(target) else "office.runs_program", _decode(target))


def _is_mere_file(target: str) -> bool:
    """Say whether a target only names a file, as the papers of administrators do: no words for it, no share outside."""
    path = _decode(target)
    return bool(_FILE_ALONE.search(path)) and not _INTERPRETER.search(path) and not is_share(path)
