import os
from pathlib import Path

import pytest

from gatepost.config.machine import choose_state_folder, derive_values
from gatepost.config.settings import Settings
from gatepost.deliver.settings import DeliverSettings
from gatepost.flow.settings import RecipientSettings


def derived(settings: Settings) -> dict[tuple[str, ...], object]:
    return dict(derive_values(settings))


def test_nothing_is_found_out_for_what_is_set() -> None:
    settings = Settings(
        state="/s",
        hostname="mx.example.org",
        workers=2,
        run_as="mail",
        recipients=RecipientSettings(domains=("example.org",)),
        deliver=DeliverSettings(upstream="lmtp://127.0.0.1:24"),
    )
    assert derived(settings) == {}


def test_mail_is_kept_below_the_state_folder_unless_said_otherwise() -> None:
    values = derived(Settings(state="/srv/gate", hostname="mx.example.org"))
    assert values["deliver", "maildir"] == "/srv/gate/Maildir"
    assert values["recipients", "domains"] == ["localhost", "mx.example.org"]
    assert values["workers",] == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("hostname", "domains"),
    [
        ("mx.example.org", ["localhost", "mx.example.org"]),
        ("localhost", ["localhost"]),
        ("no..name", ["localhost"]),  # the mistake is told once, as the host name's
    ],
)
def test_without_domains_mail_is_taken_for_this_machine_alone(hostname: str, domains: list[str]) -> None:
    assert derived(Settings(hostname=hostname))["recipients", "domains"] == domains


@pytest.mark.parametrize(
    ("uid", "environment", "folder"),
    [
        (0, {"HOME": "/root", "XDG_STATE_HOME": "/x"}, "/var/lib/gatepost"),
        (1000, {"HOME": "/home/ann"}, "/home/ann/.local/state/gatepost"),
        (1000, {"HOME": "/home/ann", "XDG_STATE_HOME": "/elsewhere"}, "/elsewhere/gatepost"),
        (1000, {"HOME": "/home/ann", "XDG_STATE_HOME": "relative"}, "/home/ann/.local/state/gatepost"),
    ],
)
def test_root_and_other_users_have_their_own_folders_for_state(
    uid: int, environment: dict[str, str], folder: str
) -> None:
    assert choose_state_folder(uid, environment) == Path(folder)
