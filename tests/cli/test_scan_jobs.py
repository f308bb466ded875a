"""Many mails are judged in their order, here or in other processes."""

import json
import multiprocessing
from pathlib import Path

import pytest

from gatepost.cli.extract import MANIFEST
from gatepost.cli.mail_files import MailPlace
from gatepost.cli.scan_jobs import ScanOptions, judge_here, judge_in_processes
from gatepost.model.errors import BadInput
from gatepost.scanner import Report


def make_places(folder: Path, count: int) -> list[MailPlace | BadInput]:
    places: list[MailPlace | BadInput] = [BadInput("first: cannot be read.")]
    for number in range(count):
        path = folder / f"{number}.eml"
        path.write_bytes(b"From: PayPal <x@evil.example>\nSubject: %d\n\nhi\n" % number)
        places.append(MailPlace(str(path), str(path)))
    return [*places, MailPlace("gone", str(folder / "gone")), MailPlace("-", "", content=b"From: a@b.example\n\nhi")]


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_mails(tmp_path: Path, jobs: int) -> None:
    places = make_places(tmp_path, 40)
    options = ScanOptions(offline=True)
    results = list(judge_here(places, options) if jobs == 1 else judge_in_processes(places, options, jobs))
    told = [result.path if isinstance(result, Report) else result.public for result in results]
    assert told[0] == "first: cannot be read."
    assert told[1:41] == [str(tmp_path / f"{number}.eml") for number in range(40)]
    assert told[41:] == ["gone: cannot be read: No such file or directory.", "-"]


def test_a_run_that_is_given_up_leaves_no_process_behind(tmp_path: Path) -> None:
    results = judge_in_processes(make_places(tmp_path, 40), ScanOptions(offline=True), 2)
    next(results)
    results.close()  # type: ignore[attr-defined] # a generator
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_mails_carry_is_written_into_a_folder_for_each(tmp_path: Path, jobs: int) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    options = ScanOptions(offline=True, extract_to=tmp_path)
    places = make_places(mails, 3)[1:4]
    results = list(judge_here(places, options) if jobs == 1 else judge_in_processes(places, options, jobs))
    assert all(isinstance(result, Report) for result in results)
    folders = sorted(path.name for path in tmp_path.iterdir() if path != mails)
    assert folders == ["0001-0.eml", "0002-1.eml", "0003-2.eml"]
    assert (tmp_path / "0002-1.eml" / "1_file").read_bytes() == b"hi\n"
    assert json.loads((tmp_path / "0002-1.eml" / MANIFEST).read_text("ascii"))["mail"] == str(mails / "1.eml")
