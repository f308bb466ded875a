"""Behind Landlock a process reads what it was left, writes into one folder, and finds all else closed."""

from pathlib import Path

import pytest

from forked import run_forked
from gatepost.net.sandbox import kernel
from gatepost.net.sandbox.landlock import close_files

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def has_landlock() -> bool:
    try:
        return kernel.call(444, None, 0, 1) > 0
    except OSError:
        return False


def tell(do: object) -> str:
    assert callable(do)
    try:
        do()
    except PermissionError:
        return "closed"
    return "open"


@pytest.mark.skipif(not has_landlock(), reason="the kernel has no Landlock")
def test_what_was_left_is_open_and_all_else_is_closed(tmp_path: Path) -> None:
    read, written, other = (tmp_path / name for name in ("read", "written", "other"))
    for folder in (read, written, other):
        folder.mkdir()
        (folder / "a").write_text("x")
    (other / "shown").write_text("x")

    def live() -> dict[str, str]:
        kernel.control_process(kernel.PR_SET_NO_NEW_PRIVS, 1)
        assert close_files([read, other / "shown", tmp_path / "missing"], written) >= 1
        return {
            "read": tell((read / "a").read_text),
            "written": tell(lambda: (written / "b").write_text("x")),
            "emptied": tell((written / "a").unlink),
            "folder": tell((written / "c").mkdir),
            "into read": tell(lambda: (read / "b").write_text("x")),
            "from read": tell((read / "a").unlink),
            "other": tell((other / "a").read_text),
            "one file": tell((other / "shown").read_text),
            "into one file": tell(lambda: (other / "shown").write_text("y")),
            "list": tell(lambda: list(other.iterdir())),
            "link": tell(lambda: (written / "d").symlink_to("/")),
            "out of it": tell(lambda: (written / "b").rename(other / "b")),
        }

    open_ones = {name for name, state in run_forked(live).items() if state == "open"}
    assert open_ones == {"read", "written", "emptied", "folder", "one file"}
