import os
import socket
import tempfile
from pathlib import Path

import pytest

from gatepost.cli.desk_access import is_running, name_user, open_desk
from gatepost.flow.desk import Desk
from gatepost.gates.control import RemoteDesk, open_control_socket
from gatepost.model.errors import BadInput, StorageTrouble


def test_without_a_state_folder_the_remedy_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(BadInput, match=r"there is no state folder .*--state or --config"),
        open_desk(None, tmp_path / "x"),
    ):
        pass


def test_without_a_gate_the_books_themselves_are_opened(state: Path) -> None:
    with open_desk(None, state) as desk:
        assert isinstance(desk, Desk)
        assert len(desk.list_quarantine()) == 1
        with pytest.raises(StorageTrouble), open_desk(None, state):
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user for a while")
def test_somebody_elses_folder_is_told_as_such() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        os.seteuid(65534)
        try:
            with pytest.raises(BadInput, match="belongs to another user"), open_desk(None, Path(name)):
                pass
        finally:
            os.seteuid(0)


def test_the_books_are_given_back(state: Path) -> None:
    for _ in range(2):
        with open_desk(None, state) as desk:
            assert len(desk.list_queue()) == 1


def test_a_running_gate_is_asked_instead(state: Path) -> None:
    with open_control_socket(state), open_desk(None, state) as desk:
        assert isinstance(desk, RemoteDesk)


def test_a_socket_that_nobody_serves_is_no_running_gate(state: Path) -> None:
    open_control_socket(state).close()
    assert not is_running(state)


def test_the_settings_file_names_the_state_folder_too(state: Path) -> None:
    file = state.parent / "gatepost.toml"
    file.write_text('state = "state"\n')
    with open_desk(file, None) as desk:
        assert len(desk.list_queue()) == 1


def test_who_uses_sudo_is_named_and_not_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "ann")
    assert name_user() == "ann"
    monkeypatch.delenv("SUDO_USER")
    monkeypatch.setenv("LOGNAME", "bob")
    assert name_user() == "bob"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")
def test_what_root_makes_belongs_to_the_owner_of_the_folder(state: Path) -> None:
    owner = 65534
    for path in [state, *state.rglob("*")]:
        os.chown(path, owner, owner)
    with open_desk(None, state) as desk:
        desk.release("a" * 32, "root", "")
    assert {path.stat().st_uid for path in state.rglob("*")} == {owner}


def test_a_listening_socket_is_a_running_gate(state: Path) -> None:
    listener = open_control_socket(state)
    assert isinstance(listener, socket.socket)
    assert is_running(state)
    listener.close()
