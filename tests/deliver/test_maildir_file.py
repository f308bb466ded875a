"""Names of files and folders, and what a disk that is full means."""

import errno
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doubles import FakeClock
from gatepost.deliver.maildir_file import (
    Letter,
    MailFolder,
    check_layout,
    expand_layout,
    make_private_folder,
    name_file,
)
from gatepost.deliver.parcel import FailedForNow, Parcel
from gatepost.model.address import Address
from gatepost.model.cleaning import Form
from gatepost.model.errors import BadAddress, BadSettings

B = Address.parse("b@example.com")


def test_a_name_begins_with_the_seconds_of_acceptance() -> None:
    assert name_file("019aabcdef017000a000000000000000", B).partition(".")[0] == "1763818991"


def test_the_cleaned_form_of_a_mail_is_another_file_than_the_mail() -> None:
    assert name_file("0" * 32, B, Form.CLEANED) != name_file("0" * 32, B, Form.ORIGINAL) == name_file("0" * 32, B)


def test_names_differ_by_mail_and_by_recipient_and_by_nothing_else() -> None:
    other = Address.parse("c@example.com")
    names = {name_file(mail * 32, to) for mail in "01" for to in (B, other, Address.parse("b@EXAMPLE.com"))}
    assert len(names) == 4


@pytest.mark.parametrize("layout", ["", "{domain}", "{domain}/{local_part}", "mail/{local_part}@{domain}/Maildir"])
def test_layouts_below_the_root_are_taken(layout: str) -> None:
    check_layout(layout, "[deliver]")


@pytest.mark.parametrize(
    "layout", ["fixed", "/{domain}", "../{domain}", "{domain}/../x", "{user}", "{domain", "{domain}/\0"]
)
def test_layouts_that_could_leave_the_root_are_refused(layout: str) -> None:
    with pytest.raises(BadSettings, match=r"\[deliver\] maildir_layout"):
        check_layout(layout, "[deliver]")


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_address_leads_out_of_the_root(local_part: str) -> None:
    quoted = '"' + "".join(f"\\{c}" if c in '"\\' else c for c in local_part) + '"'
    try:
        address = Address.parse(f"{quoted}@example.com")
    except BadAddress:
        return
    folder = expand_layout("{domain}/{local_part}", address)
    assert folder.isascii()
    assert len(PurePosixPath(folder).parts) == 2
    assert ".." not in PurePosixPath(folder).parts


@pytest.mark.parametrize(("code", "status"), [(errno.ENOSPC, "4.3.1"), (errno.EDQUOT, "4.3.1"), (errno.EIO, "4.3.0")])
def test_a_full_disk_is_told_from_a_broken_one(tmp_path: Path, code: int, status: str) -> None:
    letter = Letter(MailFolder(tmp_path, FakeClock()), "name", Parcel("0" * 32, None, (B,), b""), B)
    letter.look_in_new()
    letter.write_to_tmp()
    letter.fail(OSError(code, "told by the test"))
    assert isinstance(letter.outcome, FailedForNow)
    assert letter.outcome.status == status
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_folder_may_be_a_link_of_the_administrator(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    make_private_folder(tmp_path / "link" / "deep" / "deeper")
    assert (tmp_path / "real" / "deep" / "deeper").is_dir()
