import gzip
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gatepost.feeds.build import Built, Job, build
from gatepost.feeds.guard import Guard, build_guard
from gatepost.feeds.names import Name, NameKind
from gatepost.feeds.settings import Layout
from gatepost.feeds.table import Table, TableInfo

SALT = b"0123456789abcdef"


def describe(folder: Path, content: bytes, **wanted: Any) -> Job:
    (folder / "fetched").write_bytes(content)
    usual: dict[str, Any] = {
        "layout": Layout.LINES, "column": "url", "max_bytes": 1_000_000, "max_entries": 1000, "whole_hosts": False,
        "guard": Guard(shared=frozenset({"shared.example"})),
    }  # fmt: skip
    info = TableInfo(name="a", source="https://a.example/", made_at="2030-01-01T00:00:00+00:00", salt=SALT.hex())
    return Job(source=str(folder / "fetched"), target=str(folder / "table"), info=info, **(usual | wanted))


def holds(folder: Path, kind: NameKind, text: str) -> bool:
    return Table.open(folder / "table").holds(Name(kind, text).make_key(SALT))


def test_a_list_becomes_a_table(tmp_path: Path) -> None:
    content = (
        b"https://evil.example/a\nhttps://evil.example/b?c\nbad.example\n" + b"ab" * 32 + b"\nhttps://shared.example/\n"
    )
    built = build(describe(tmp_path, gzip.compress(content)))
    assert built.info is not None
    assert built.info.counts == {"url": 1, "page": 1, "host": 1, "file": 1, "site": 1}
    assert (built.info.entry_count, built.bad_count, built.shielded_count, built.trouble) == (4, 0, 1, "")
    assert holds(tmp_path, NameKind.PAGE, "evil.example/a")
    assert holds(tmp_path, NameKind.SITE, "evil.example")
    assert holds(tmp_path, NameKind.HOST, "bad.example")
    assert not holds(tmp_path, NameKind.SITE, "shared.example")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"# nothing today\n", "is empty"),
        (b"503 Service Unavailable\n", "1 lines of 1"),
        (b"Not Found", "1 lines of 1"),
        (b"https://a.example/\n" * 50 + b"what is this\n" * 20, "20 lines of 70"),
        (b"https://shared.example/\nshared.example\n", "belong to many"),
        (b"a.example\n" * 1001, "more than 1000 entries"),
        (b"#\n" * 500_001, "longer than 1000000 bytes"),
        (gzip.compress(b"a.example\n" * 20, mtime=0)[:-3], "cut off"),
        (b"<html>", "page of HTML"),
    ],
)
def test_what_is_no_list_makes_no_table(tmp_path: Path, content: bytes, says: str) -> None:
    built = build(describe(tmp_path, content))
    assert says in built.trouble
    assert built.info is None
    assert not (tmp_path / "table").exists()


def test_a_few_bad_lines_are_forgiven_and_counted(tmp_path: Path) -> None:
    built = build(describe(tmp_path, b"https://a.example/\n" * 60 + b"what is this\n" * 5 + b"\xff\n"))
    assert (built.bad_count, built.trouble) == (6, "")


def test_a_checksum_that_is_asked_for_must_fit(tmp_path: Path) -> None:
    content = b"evil.example\n"
    packed = gzip.compress(content)
    for right in (hashlib.sha256(content).hexdigest(), hashlib.sha256(packed).hexdigest()):
        assert build(describe(tmp_path, packed, checksum_is_asked_for=True, checksum=right)).trouble == ""
    (tmp_path / "table").unlink()
    for wrong in ("0" * 64, ""):
        assert "checksum" in build(describe(tmp_path, packed, checksum_is_asked_for=True, checksum=wrong)).trouble
        assert not (tmp_path / "table").exists()


def test_a_signature_that_is_asked_for_must_be_true(tmp_path: Path) -> None:
    assert build(describe(tmp_path, b"a.example", public_key="x")).info is None


def test_the_process_does_what_it_is_told_on_standard_input(tmp_path: Path) -> None:
    job = describe(tmp_path, b"evil.example\n", guard=build_guard(["shared.example"], []))
    done = subprocess.run(
        [sys.executable, "-m", "gatepost.feeds.build"],
        input=msgspec.json.encode(job),
        stdout=subprocess.PIPE,
        check=True,
    )
    built = msgspec.json.decode(done.stdout, type=Built)
    assert built.info is not None
    assert holds(tmp_path, NameKind.HOST, "evil.example")


def test_memory_that_a_list_wants_beyond_the_limit_ends_the_process_alone(tmp_path: Path) -> None:
    code = (
        "from gatepost.feeds import build; build.MAX_MEMORY_BYTES = 2**28; build.limit_process();"
        "taken = []\nwhile True: taken.append(bytearray(2**24))"
    )
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert b"MemoryError" in done.stderr
