"""`gatepost model learn`, from decisions in a state folder to a file that the gate can use."""

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from decided_mails import decide_many
from gatepost.cli import app
from gatepost.cli.model_learn import write_model
from gatepost.learn.decisions import DECISIONS_FOLDER
from gatepost.model.errors import BadInput
from gatepost.screen.classifier.model import load_classifier
from learn_corpus import write_corpus

MAIL = b"From: Ann <ann@woodwork.example>\r\nSubject: oak\r\n\r\noak beech plank timber\r\n"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("state")
    (state / DECISIONS_FOLDER).mkdir()
    for one in decide_many(40):
        held = msgspec.structs.replace(one, numbers={"sender_domain.no_address": 1.0})
        (state / DECISIONS_FOLDER / f"{one.mail_id}.decision").write_bytes(msgspec.msgpack.encode(held))
    return state


def learn(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["model", "learn", *map(str, words)])


def test_what_was_decided_becomes_a_model_that_the_settings_can_name(state: Path, tmp_path: Path) -> None:
    output, config = tmp_path / "local.gpm", tmp_path / "gatepost.toml"
    result = learn(
        "--state",
        state,
        "--output",
        output,
        "--corpus",
        write_corpus(tmp_path / "corpus", 48),
        "--cache",
        tmp_path / "cache",
    )
    assert result.exit_code == 0, result.output
    assert "40 mails were released and count as 40, 40 were reported and count as 40." in result.output
    assert all(
        title in result.output for title in ("decisions kept back: loss", "The corpus, before", "The corpus, after")
    )
    version = load_classifier(output).version
    assert f"model {version}" in result.output
    config.write_text('[screen]\nmodel = "local.gpm"\n')
    scanned = CliRunner().invoke(
        app, ["scan", "--offline", "--json", "--explain", "--config", str(config), "-"], input=MAIL
    )
    assert json.loads(scanned.stdout)["explain"]["model"] == version
    card = CliRunner().invoke(app, ["model", "explain", "--model", str(output)])
    assert "corrected by 40 released and 40 reported mails" in card.output
    again = learn("--state", state, "--config", config, "--output", tmp_path / "again.gpm")
    assert again.exit_code == 0, again.output
    assert (tmp_path / "again.gpm").read_bytes() == output.read_bytes()  # from the parent again, not on top


def test_where_nothing_was_decided_one_sentence_says_so(tmp_path: Path) -> None:
    result = learn("--state", tmp_path, "--output", tmp_path / "local.gpm")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "too little to learn from" in result.stderr
    assert not (tmp_path / "local.gpm").exists()


def test_a_setting_without_a_model_is_told(state: Path, tmp_path: Path) -> None:
    (tmp_path / "gatepost.toml").write_text('[screen]\nmodel = "none"\n')
    result = learn("--state", state, "--config", tmp_path / "gatepost.toml", "--output", tmp_path / "local.gpm")
    assert (result.exit_code, result.stderr) == (2, "[screen] model is none: there is no model to correct\n")


def test_a_model_in_use_is_replaced_whole(tmp_path: Path) -> None:
    place = tmp_path / "local.gpm"
    place.write_bytes(b"former")
    with place.open("rb") as mapped:
        write_model(place, b"new")
        assert (mapped.read(), place.read_bytes()) == (b"former", b"new")
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_a_state_folder_that_is_none_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    result = learn("--state", tmp_path / name, "--output", tmp_path / "local.gpm")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"there is no state folder {tmp_path / name};")


@pytest.mark.parametrize("name", ["nowhere/local.gpm", "folder"])
def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left_behind(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match="the model cannot be written: "):
        write_model(tmp_path / name, b"new")
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]
