"""Windows shortcuts are read by their specification, and any bytes give a value."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from built_files.pages import build_shortcut
from gatepost.message.attachments.shell_link import HEADER_BYTES, ShellLink, read_shell_link

COMMAND = r"C:\Windows\System32\cmd.exe"


def test_strings_are_read_in_their_order() -> None:
    content = build_shortcut(path=r"..\a.exe", folder=r"C:\x", arguments="/c calc", icon=r"C:\x.ico", name="Bill")
    assert read_shell_link(content) == ShellLink(
        path=r"..\a.exe", folder=r"C:\x", arguments="/c calc", icon=r"C:\x.ico", name="Bill", end=len(content)
    )


def test_the_target_is_read_from_the_environment_block() -> None:
    assert read_shell_link(build_shortcut(environment=COMMAND)).target == COMMAND


def test_the_target_is_read_from_the_link_info() -> None:
    base = COMMAND.encode() + b"\0"
    info = struct.pack("<IIIIIII", 28 + len(base) + 1, 28, 1, 0, 28, 0, 28 + len(base)) + base + b"\0"
    assert read_shell_link(build_shortcut(info=info)).target == COMMAND


def test_a_share_of_another_machine_is_read_from_the_link_info() -> None:
    network = struct.pack("<IIIII", 40, 0, 20, 0, 0) + rb"\\192.0.2.1\docs" + b"\0"
    info = struct.pack("<IIIIIII", 28 + len(network) + 6, 28, 2, 0, 0, 28, 28 + len(network)) + network + b"a.exe\0"
    assert read_shell_link(build_shortcut(info=info)).target == r"\\192.0.2.1\docs\a.exe"


def test_the_words_of_an_item_list_make_a_target() -> None:
    items = b"\x00\x1f" + b"C:\\\0" + b"\x00" + "Windows".encode("utf-16-le") + b"\0\0\x01cmd.exe\0"
    assert read_shell_link(build_shortcut(items=items)).target == r"Windows\cmd.exe"


def test_what_stands_behind_is_left() -> None:
    content = build_shortcut(arguments="/c calc")
    assert read_shell_link(content + b"MZ more").end == len(content)


@given(st.binary(max_size=200), st.integers(0, 255))
def test_any_bytes_give_a_value(content: bytes, flags: int) -> None:
    whole = build_shortcut()[:20] + struct.pack("<I", flags) + bytes(HEADER_BYTES - 24) + content
    assert 0 < read_shell_link(whole).end <= len(whole)
    assert read_shell_link(content).end <= max(len(content), HEADER_BYTES)
