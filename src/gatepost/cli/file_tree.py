"""Shows the files that were opened as a tree: what each is, how far it was opened, and what was seen in it.

Trust: the names were written by strangers.
"""

import re
from collections.abc import Iterable, Iterator

from rich.text import Text

from gatepost.cli.output import pick_language, safe_text
from gatepost.model.contents import FITTED, Contents, OpenedFile, Opening, Trait, choose_files
from gatepost.model.finding import Finding
from gatepost.screen.plain_files import list_codes

MAX_FILES_SHOWN = 50
_KIB = 1024

_OPENINGS = {
    Opening.LEAF: ("", ""),
    Opening.OPENED: ("opened", "已打开"),
    Opening.LOCKED: ("locked: no password fits", "已加密：没有匹配的密码"),
    Opening.BROKEN: ("broken", "已损坏"),
    Opening.LIMIT: ("not opened to its end: too large or too deep", "过大或嵌套过深：未完整打开"),
    Opening.TOO_SLOW: ("not opened to its end: that took too long", "耗时过长：未完整打开"),
    Opening.CRASHED: ("not opened: it broke what opened it", "打开时程序崩溃"),
}
_PASSWORD_SOURCES = {  # where the one that fitted stood, as the desk tells it (message/attachments/desk.py)
    f"{FITTED}in_mail": ("told in the mail", "邮件中写有"),
    f"{FITTED}in_name": ("told in its name", "文件名中写有"),
    f"{FITTED}in_files": ("told in another file", "另一文件中写有"),
    f"{FITTED}common": ("a common one", "常用密码"),
}


def show_files(contents: Contents, findings: Iterable[Finding]) -> Iterator[Text]:
    """Give one line for each file; nothing where none was opened. Of many, those without findings are cut.

    What lies in the mail itself stands in the order of the mail, in whatever order it was opened.
    """
    codes = list_codes(findings)
    for file in sorted(choose_files(contents, codes, MAX_FILES_SHOWN), key=_find_place):
        yield _show_file(file, codes.get(file.path, ()))
    left_out = max(0, sum(1 for _ in contents.walk()) - MAX_FILES_SHOWN) + contents.left_out_count
    if left_out:
        yield Text(pick_language(f"and {left_out} more files", f"另有 {left_out} 个文件"), "dim")


def _find_place(file: OpenedFile) -> tuple[str, list[int]]:
    """Give where the part that a file came with stands in the mail; parts of another reading (`~`) stand together."""
    part = file.path.partition(":")[0]
    return part.rstrip("0123456789."), [int(number) for number in re.findall("[0-9]+", part)]


def _show_file(file: OpenedFile, codes: Iterable[str]) -> Text:
    line = Text("  " * _measure_depth(file.path))
    line.append(f"{safe_text(file.path)}  ", "dim")
    line.append(safe_text(file.name) or pick_language("(no name)", "（无名称）"), "bold")
    facts = [file.kind.value, write_size(file.size_bytes), pick_language(*_OPENINGS[file.opening])]
    facts += [_tell_password(trait) for trait in file.traits if trait.code in _PASSWORD_SOURCES]
    line.append(f"  {', '.join(filter(None, facts))}")
    for code in codes:
        line.append(f"  [{safe_text(code)}]", "yellow")
    return line


def _tell_password(trait: Trait) -> str:
    says, says_zh = _PASSWORD_SOURCES[trait.code]
    password = safe_text(trait.text)
    return pick_language(f"password {password} ({says})", f"密码 {password}（{says_zh}）")


def _measure_depth(path: str) -> int:
    _, is_inside, place = path.partition(":")
    return place.count(".") + 1 if is_inside else 0


def write_size(size_bytes: int) -> str:
    """Write a size as people read it.

    >>> write_size(999), write_size(20_000), write_size(5_000_000)
    ('999 B', '19.5 KiB', '4.8 MiB')
    """
    if size_bytes < _KIB:
        return f"{size_bytes} B"
    if size_bytes < _KIB**2:
        return f"{size_bytes / _KIB:.1f} KiB"
    return f"{size_bytes / _KIB**2:.1f} MiB"
