from pathlib import Path

from gatepost.cli.options import find_state, state_flags


def test_the_state_folder_on_the_command_line_is_meant_from_where_the_user_stands() -> None:
    (flag,) = state_flags(Path("here"))
    assert flag.value == str(Path.cwd() / "here")


def test_the_environment_names_the_state_folder_where_the_command_line_does_not() -> None:
    (flag,) = state_flags(None, {"GATEPOST_STATE": "/srv/gate"})
    assert (flag.name, flag.value) == ("GATEPOST_STATE", "/srv/gate")
    assert find_state(None, {"GATEPOST_STATE": "/srv/gate"}) == Path("/srv/gate")
    assert find_state(Path("/other"), {"GATEPOST_STATE": "/srv/gate"}) == Path("/other")
    (flag,) = state_flags(Path("/other"), {"GATEPOST_STATE": "/srv/gate"})
    assert (flag.name, flag.value) == ("--state", "/other")


def test_no_state_folder_is_no_flag() -> None:
    assert find_state(None, {}) is None
    assert state_flags(None, {}) == state_flags(None, {"GATEPOST_STATE": ""}) == ()
