"""Root is given up for good, or kept for a reason that is told."""

import contextlib
import os
import pwd
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from built_files.rules import SAMPLES
from gatepost.daemon.privileges import (
    ROOT_UID,
    ServiceUser,
    become,
    find_service_user,
    find_unreachable,
    hand_over,
    refuse_new_code,
)
from gatepost.message.attachments.rules import Scanned
from gatepost.model.errors import BadSettings
from gatepost.screen.rule_book import build_rule_book, may_make_code
from gatepost.screen.settings import YaraSettings

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
needs_root = pytest.mark.skipif(os.geteuid() != ROOT_UID, reason="only root can become somebody else")
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def nobody() -> ServiceUser:
    user = find_service_user("nobody")
    assert user is not None
    return user


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody can reach; those of pytest are below one of root's own."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def succeeds_in_child(attempt: Callable[[], object]) -> bool:
    """Do something in a process of its own, since it cannot be undone."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if attempt() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@needs_root
def test_a_service_user_is_found_with_its_groups(nobody: ServiceUser) -> None:
    assert (nobody.name, nobody.uid, nobody.gid) == ("nobody", NOBODY.pw_uid, NOBODY.pw_gid)
    assert NOBODY.pw_gid in nobody.groups
    assert 0 not in nobody.groups


@needs_root
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no-such-user", "run_as: there is no user 'no-such-user'; make one with `useradd --system no-such-user`"),
        ("root", "run_as: 'root' is root itself; name a user without privileges"),
        ("", "run_as: there is no user ''"),
    ],
)
def test_a_user_who_cannot_serve_is_refused(name: str, says: str) -> None:
    with pytest.raises(BadSettings) as caught:
        find_service_user(name)
    assert caught.value.public.startswith(says)


@needs_root
def test_who_is_not_root_has_nothing_to_give_up(nobody: ServiceUser) -> None:
    def ask() -> bool:
        become(nobody)
        return find_service_user("no-such-user") is None

    assert succeeds_in_child(ask)


@needs_root
def test_root_is_given_up_with_all_its_groups_and_cannot_be_had_back(nobody: ServiceUser) -> None:
    def drop() -> bool:
        become(nobody)
        for regain in (os.setuid, os.seteuid, os.setgid, os.setegid):
            with contextlib.suppress(PermissionError):
                regain(0)
        with contextlib.suppress(PermissionError):
            os.setgroups([0])
        uids, gids = {nobody.uid}, {nobody.gid}
        capabilities = [
            line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff")
        ]
        return (
            set(os.getresuid()) == uids
            and set(os.getresgid()) == gids
            and 0 not in os.getgroups()
            and int(capabilities[0].split()[1], 16) == 0
        )

    assert succeeds_in_child(drop)
    assert os.geteuid() == ROOT_UID  # the child alone


@needs_root
def test_what_is_handed_over_belongs_to_the_user_and_links_lead_nowhere(nobody: ServiceUser, folder: Path) -> None:
    elsewhere, state = folder / "elsewhere", folder / "state"
    elsewhere.write_text("root's own")
    (state / "journal").mkdir(parents=True)
    (state / "journal" / "x.journal").write_text("mail")
    (state / "link").symlink_to(elsewhere)
    hand_over(state, nobody)
    assert {path.lstat().st_uid for path in [state, *state.rglob("*")]} == {nobody.uid}
    assert elsewhere.stat().st_uid == ROOT_UID


@needs_root
def test_a_folder_of_root_alone_is_named_as_out_of_reach(nobody: ServiceUser, folder: Path) -> None:
    if blocked := find_unreachable(nobody, []):
        pytest.skip(f"nobody cannot even read {blocked} here")
    closed = folder / "closed"
    (closed / "inner").mkdir(parents=True)
    closed.chmod(0o700)
    mine = folder / "mine"
    mine.mkdir(mode=0o700)
    assert find_unreachable(nobody, [mine, closed]) == str(mine)
    hand_over(mine, nobody)
    assert find_unreachable(nobody, [mine]) == ""
    assert find_unreachable(nobody, [mine, closed / "inner"]) == str(closed / "inner")
    hand_over(closed / "inner", nobody)
    assert find_unreachable(nobody, [closed / "inner"]) == str(closed / "inner")  # its own, but behind a closed door
    assert os.geteuid() == ROOT_UID


@needs_root
def test_a_folder_that_can_only_be_read_is_out_of_reach(nobody: ServiceUser, folder: Path) -> None:
    if blocked := find_unreachable(nobody, []):
        pytest.skip(f"nobody cannot even read {blocked} here")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert find_unreachable(nobody, [folder]) == str(folder)


def test_a_user_that_cannot_be_become_reaches_nothing() -> None:
    """The question is then answered with no, never with an empty yes."""
    impossible = ServiceUser("impossible", 2**32 - 1, 2**32 - 1, ())
    assert find_unreachable(impossible, []) == "this machine"


def test_no_new_code_is_made_once_it_is_refused_and_what_was_compiled_still_runs() -> None:
    book = build_rule_book(YaraSettings())
    name, content = SAMPLES["encoded_powershell"][0]
    pid = os.fork()
    if pid == 0:
        is_as_expected = False
        with contextlib.suppress(Exception):
            is_refused = refuse_new_code()
            found = book.rules.find(Scanned(content, "script", name), timeout_s=2)
            is_as_expected = len(found) == 1 and is_refused is not may_make_code()
        os._exit(0 if is_as_expected else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
