import re
from pathlib import Path

import pytest

from gatepost.cli.banner import build_trials, name_program, print_banner
from gatepost.cli.output import make_console
from gatepost.config.load import Configuration, Flag


def banner(capsys: pytest.CaptureFixture[str], *flags: Flag) -> str:
    print_banner(Configuration.load(None, flags), make_console())
    return capsys.readouterr().out


def test_doors_keeping_and_domains_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    shown = banner(
        capsys,
        Flag("--state", ("state",), "/srv/gate"),
        Flag("--smtp", ("smtp", "listen"), ["127.0.0.1:2599"]),
        Flag("--domain", ("recipients", "domains"), ["example.org"]),
    )
    assert "127.0.0.1:2599 (STARTTLS offered)" in shown
    assert "Maildir /srv/gate/Maildir" in shown
    assert "example.org" in shown
    assert "WEAK" not in shown


def test_chinese_readers_are_told_in_chinese(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")
    off = Flag("FILE:3", ("screen", "enabled"), value=False)
    shown = banner(capsys, off, Flag("--smtp", ("smtp", "listen"), ["127.0.0.1:2599"]))
    for told in (
        "127.0.0.1:2599（提供 STARTTLS）",
        "（请用 --domain 或 [recipients] domains 设置自己的域名）",
        "在沙箱中打开；YARA 规则：gatepost 自带",
        "无文件，命令行选项",
        "保护减弱：[screen] enabled = false (FILE:3)：检查已关闭：所有邮件未经检查即放入",
        "可在另一终端中试用：",
    ):
        assert told in shown


def test_default_domains_come_with_the_way_to_set_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert "localhost" in banner(capsys)
    assert "(set your own with --domain or [recipients] domains)" in banner(capsys)


def test_whether_an_antivirus_is_asked_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert re.search(r"antivirus\s+│ none", banner(capsys))
    named = Flag("FILE:3", ("antivirus", "clamd"), "127.0.0.1:3310")
    assert "clamd at 127.0.0.1:3310" in banner(capsys, named)


def test_whether_files_are_opened_and_by_which_rules_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "opened in a sandbox; YARA rules: those of gatepost" in banner(capsys)
    own = Flag("FILE:3", ("screen", "yara", "folder"), "/etc/rules")
    assert "sandbox; YARA rules: those of gatepost, /etc/rules" in banner(capsys, own)
    none = Flag("FILE:4", ("screen", "yara", "shipped"), value=False)
    closed = Flag("FILE:5", ("open", "enabled"), value=False)
    assert "sandbox; YARA rules: none" in banner(capsys, none)
    assert re.search(r"files in mails\s+│ NOT OPENED ", banner(capsys, closed))


def test_weak_settings_in_force_are_loud_and_name_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    shown = banner(
        capsys,
        Flag("--screening", ("screen", "enabled"), value=False),
        Flag("FILE:3", ("deliver", "allow_plaintext"), value=True),
    )
    assert "WEAK: [screen] enabled = false (--screening): screening is off: all mail is let in unseen" in shown
    assert "WEAK: [deliver] allow_plaintext = true (FILE:3)" in shown


@pytest.mark.parametrize(
    ("listen", "reached"),
    [
        ("0.0.0.0:25", "swaks --server 127.0.0.1:25 "),
        ("[::]:2525", "swaks --server [::1]:2525 "),
        ("192.0.2.7:25", "swaks --server 192.0.2.7:25 "),
    ],
)
def test_the_lines_to_try_reach_the_door(listen: str, reached: str) -> None:
    settings = Configuration.load(None, [Flag("--smtp", ("smtp", "listen"), [listen])]).settings
    assert next(build_trials(settings)).startswith(reached)


def test_where_recipients_are_listed_the_lines_use_one_that_always_exists() -> None:
    flags = [Flag("x", ("recipients", "known"), "list"), Flag("x", ("recipients", "domains"), ["example.org"])]
    assert "--to postmaster@example.org" in next(build_trials(Configuration.load(None, flags).settings))


def test_a_state_folder_with_spaces_is_quoted() -> None:
    settings = Configuration.load(None, [Flag("--state", ("state",), "/my gate")]).settings
    assert any(line.endswith("quarantine list --state '/my gate'") for line in build_trials(settings))


@pytest.mark.parametrize(
    ("called_as", "shown"),
    [(".venv/bin/gatepost", ".venv/bin/gatepost"), ("/opt/my venv/gatepost", "'/opt/my venv/gatepost'")],
)
def test_the_program_is_named_as_it_was_called(called_as: str, shown: str) -> None:
    assert name_program(called_as) == shown


def test_the_module_is_named_as_python_starts_it() -> None:
    assert name_program(str(Path("/x/gatepost/cli/__main__.py"))).endswith(" -m gatepost.cli")
