"""A process that opens a stranger's file can do nothing but that, and what is missing on a machine is known."""

import contextlib
import os
import socket
import tempfile
from pathlib import Path

import pytest

from gatepost.model.contents import Opening
from gatepost.net.sandbox.lockdown import ESSENTIAL, Measure, find_code
from gatepost.net.sandbox.sandbox import Sandbox
from sandboxes import HOSTILE, SMALL, Reports, ask, open_one, run_in_another_process, wait_until

FORBIDDEN, UNKNOWN_CALL, TOO_LARGE, DISK_FULL, TOO_MANY = 13, 38, 27, 28, 24


@pytest.mark.parametrize(
    ("attack", "answer"),
    [
        ("memory", "MemoryError"),
        ("fork", f"OSError {UNKNOWN_CALL}"),
        ("thread", "RuntimeError"),
        ("shell", f"OSError {UNKNOWN_CALL}"),
        ("write-own 17000000", f"OSError {TOO_LARGE}"),
        ("open-files", f"OSError {TOO_MANY}"),
    ],
)
def test_an_attack_gets_an_error_and_no_more(shared: Sandbox, attack: str, answer: str) -> None:
    assert ask(shared, attack) == answer


def test_there_is_no_way_to_the_network(shared: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        assert ask(shared, f"connect {door.getsockname()[1]}") == f"OSError {UNKNOWN_CALL}"


@pytest.mark.parametrize("attack", ["exec", "kill 1", "kill -1", "call 101,0,0", "call 272,0", "call 165,0,0,0,0,0"])
def test_what_only_an_attack_does_ends_the_process(shared: Sandbox, attack: str) -> None:
    file = open_one(shared, attack)
    assert (file.opening, file.traits[0].text) == (Opening.CRASHED, "SIGSYS")


def test_the_gate_cannot_be_killed(shared: Sandbox) -> None:
    assert open_one(shared, f"kill {os.getpid()}").traits[0].text == "SIGSYS"


def test_its_own_folder_is_private_and_emptied_for_the_next_file(shared: Sandbox) -> None:
    assert ask(shared, "write-own 1000") == "1000 1"
    assert ask(shared, "write-own 2000") == "2000 1"


def test_what_it_writes_does_not_fill_a_disk(sandbox: Sandbox, reports: Reports) -> None:
    file = open_one(sandbox, "fill-disk")
    assert file.opening is Opening.TOO_SLOW or file.traits[0].text == f"OSError {DISK_FULL}"
    if Measure.OWN_MOUNTS in _measures(reports):
        assert file.traits[0].text == f"OSError {DISK_FULL}"


def test_what_it_makes_is_bounded_in_number_too(sandbox: Sandbox, reports: Reports) -> None:
    answer = ask(sandbox, "many-files 3000")
    if Measure.OWN_MOUNTS in _measures(reports):
        assert answer == f"OSError {DISK_FULL}"
    assert ask(sandbox, "many-files 100") == "made"


def test_files_of_others_are_closed_to_it(sandbox: Sandbox, reports: Reports, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    answers = [
        ask(sandbox, f"{verb} {path}")
        for verb, path in (
            ("read", secret),
            ("read", "/etc/passwd"),
            ("read", f"/proc/{os.getpid()}/environ"),
            ("read", f"/proc/{os.getpid()}/mem"),
            ("list", "/"),
            ("write", tmp_path / "new"),
            ("write", "/dev/shm/new"),  # noqa: S108 - it must not come about
        )
    ]
    if Measure.FILES in _measures(reports):
        assert set(answers) == {f"PermissionError {FORBIDDEN}"}
    assert not (tmp_path / "new").exists()


def test_a_folder_that_others_cannot_come_to_costs_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: Reports
) -> None:
    (private := tmp_path / "private").mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    with contextlib.closing(Sandbox(SMALL, reports, desks=HOSTILE)) as sandbox:
        assert ask(sandbox, "write-own 1000") == "1000 1"
    assert reports.of("sandbox_failed") == []


def test_code_that_is_loaded_late_is_found(shared: Sandbox) -> None:
    assert ask(shared, "import wave") == "wave"
    assert ask(shared, "import PIL.EpsImagePlugin") == "PIL"


def test_root_is_given_up_and_nothing_of_our_environment_is_there(sandbox: Sandbox, reports: Reports) -> None:
    uid, gid, groups, home = ask(sandbox, "who").split()
    assert home == "None"
    if Measure.OTHER_USER in _measures(reports):
        assert "0" not in (uid, gid)
        assert groups == "[]" or os.getuid()


def test_the_essential_measures_are_in_force(sandbox: Sandbox, reports: Reports) -> None:
    assert ask(sandbox, "one")
    assert _measures(reports) >= ESSENTIAL


def test_code_is_what_python_and_loaded_packages_are_made_of() -> None:
    folders = find_code()
    assert any(Path(pytest.__file__).is_relative_to(folder) for folder in folders)
    assert any(Path(os.__file__).is_relative_to(folder) for folder in folders)
    assert Path("/") not in folders
    assert Path.home() not in folders


def _measures(reports: Reports) -> set[str]:
    wait_until(lambda: reports.of("sandbox_ready"))
    measures = reports.of("sandbox_ready")[0]["measures"]
    assert isinstance(measures, tuple)
    return set(measures)


def test_on_a_machine_that_gives_little_the_essential_is_in_force_and_the_rest_is_known_to_be_missing() -> None:
    lines = run_in_another_process(
        "from poor_machine import refuse_what_is_optional",
        "refuse_what_is_optional()",
        "sandbox = Sandbox(SMALL, reports, desks=HOSTILE)",
        "print(ask(sandbox, 'fork'), ask(sandbox, 'shell'), ask(sandbox, 'connect 1'))",
        "print(ask(sandbox, 'exec'), ask(sandbox, 'kill 1'))",
        "print(ask(sandbox, 'write-own 1000'), ask(sandbox, 'write-own 2000'))",
        "print(*reports.of('sandbox_ready')[0]['measures'])",
        "sandbox.close()",
    )
    assert lines[:2] == [" ".join([f"OSError {UNKNOWN_CALL}"] * 3), "SIGSYS SIGSYS"]
    assert lines[2] == "1000 1 2000 1"
    measures = set(lines[3].split())
    assert measures >= ESSENTIAL
    assert measures.isdisjoint({Measure.FILES, Measure.OWN_MOUNTS, Measure.NO_NETWORK, Measure.OWN_IPC})
