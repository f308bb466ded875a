import base64
import hashlib
import re
from pathlib import Path

import pytest

from gatepost.cli.demo_mails import Example, build_eicar_file, find_mail_folder, load_examples
from paths import PROJECT_ROOT, SOURCE

EXAMPLES = load_examples()
EICAR_SHA256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"


def test_the_test_virus_is_the_real_one() -> None:
    assert hashlib.sha256(build_eicar_file()).hexdigest() == EICAR_SHA256


def test_no_file_of_ours_holds_what_a_virus_scanner_would_remove() -> None:
    virus = build_eicar_file()
    traces = (virus, base64.b64encode(virus)[:60])
    files = [
        path for folder in (SOURCE, PROJECT_ROOT / "examples", PROJECT_ROOT / "tests") for path in folder.rglob("*")
    ]
    assert [path for path in files if path.is_file() and any(trace in path.read_bytes() for trace in traces)] == []


def test_there_are_a_dozen_varied_mails() -> None:
    assert len(EXAMPLES) >= 12
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES)
    assert {ending for example in EXAMPLES for ending in example.ends} >= {"delivered", "quarantined", "refused"}
    assert sum("Chinese" in example.about or "GB18030" in example.about for example in EXAMPLES) >= 3


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_mail_goes_over_the_wire_as_the_protocol_asks(example: Example) -> None:
    raw = example.build()
    head, _, body = raw.partition(b"\r\n\r\n")
    assert re.findall(rb"^(Date|From|To|Subject|Message-ID):", head, re.MULTILINE)
    assert body
    if not example.is_raw:
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
        assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_every_stored_mail_is_used() -> None:
    stored = {path.stem for path in find_mail_folder().glob("*.eml")}
    assert stored - {example.name for example in EXAMPLES} == set()
    assert find_mail_folder() == PROJECT_ROOT / "examples" / "mails"


def test_the_folder_holds_mails_alone_so_that_it_can_be_scanned() -> None:
    assert {Path(path).suffix for path in find_mail_folder().iterdir()} == {".eml"}
