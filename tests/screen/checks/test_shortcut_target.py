"""Beyond the corpus cases: which commands obey any order."""

import pytest

from built_files.pages import build_shortcut, zip_up
from screen_cases import find, find_codes, write_attachment

CHECK = "shortcut_target"


@pytest.mark.parametrize(
    ("target", "arguments", "found"),
    [
        (r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", "-w hidden -enc AAAA", ["command"]),
        (r"%ComSpec% ", "", []),
        (r"C:\Windows\System32\mshta.exe", "https://a.example/x", ["command"]),
        (r"C:\Windows\explorer.exe", r"\\192.0.2.1\x", ["command", "remote"]),
        (r"C:\Program Files\Notes\notes.exe", "plan.txt", []),
        (r"\\server\share\plan.docx", "", ["remote"]),
    ],
)
def test_a_command_is_judged_by_who_gets_the_order(target: str, arguments: str, found: list[str]) -> None:
    shortcut = build_shortcut(environment=target, arguments=arguments)
    assert find_codes(CHECK, write_attachment("a.lnk", shortcut)) == found


def test_a_shortcut_in_an_archive_is_told_with_its_orders() -> None:
    shortcut = build_shortcut(environment="cmd.exe", arguments="/c calc")
    (finding,) = find(CHECK, write_attachment("a.zip", zip_up(a_lnk=shortcut)))
    assert finding.says == "The shortcut a.lnk gives orders to a program: cmd.exe /c calc."
    assert "cmd.exe /c calc" in finding.says_zh
    assert finding.evidence[0].file == "1.2:1"
