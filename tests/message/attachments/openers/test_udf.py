"""UDF images are opened; beside an ISO 9660 list only what that one does not name."""

import struct

import pytest

from archive_builders import pack, write_udf
from archive_cases import EICAR, NOTE, find_contents, find_traits, has_eicar, open_file
from gatepost.model.contents import Opening
from opened_files import codes, texts


def test_files_are_opened_by_their_names() -> None:
    opened = open_file(write_udf({"plan.txt": NOTE, "a.com": EICAR}), "a.img")
    assert find_contents(opened) == {"docs/plan.txt": NOTE, "docs/a.com": EICAR}
    assert find_traits(opened) == []


def test_an_image_with_two_lists_of_the_same_files_is_honest() -> None:
    both = write_udf({"plan.txt": NOTE}, in_front=pack("iso9660", {"plan.txt": NOTE}))
    opened = open_file(both, "a.iso")
    assert (find_contents(opened), find_traits(opened)) == ({"plan.txt": NOTE}, [])


def test_what_only_one_list_names_is_told() -> None:
    opened = open_file(write_udf({"a.com": EICAR}, in_front=pack("iso9660", {"plan.txt": NOTE})), "a.iso")
    assert (has_eicar(opened), find_traits(opened)) == (True, ["hidden_entry"])


def test_a_list_that_is_not_understood_is_told_though_the_other_one_was_read() -> None:
    both = write_udf({"a.com": EICAR}, in_front=pack("iso9660", {"plan.txt": NOTE}))
    anchor = 256 * 2_048
    opened = open_file(both[:anchor] + bytes(2_048) + both[anchor + 2_048 :], "a.iso")
    assert (list(find_contents(opened)), opened.opening, find_traits(opened)) == (
        ["plan.txt"], Opening.LIMIT, ["not_opened"],
    )  # fmt: skip
    assert "opening.unseen" in codes(opened)


def test_a_file_that_lies_in_pieces_of_another_kind_is_told() -> None:
    image = write_udf({"a.com": EICAR})
    place = image.index(struct.pack("<I", len(EICAR)), image.index(struct.pack("<Q", len(EICAR))) + 8)
    opened = open_file(image[: place + 3] + b"\xc0" + image[place + 4 :])
    assert (opened.opening, find_traits(opened)) == (Opening.LIMIT, ["locked_entry"])
    assert texts(opened, "opening.unseen") == ["docs/a.com"]


@pytest.mark.parametrize("empty", [write_udf({}), pack("iso9660", {})], ids=["UDF", "ISO"])
def test_a_disk_that_seems_empty_is_told(empty: bytes) -> None:
    opened = open_file(empty)
    assert (opened.opening, find_traits(opened)) == (Opening.LIMIT, ["not_opened"])


def test_more_files_than_are_looked_at_are_told() -> None:
    opened = open_file(write_udf({f"{number}": b"" for number in range(5_100)}))
    assert (opened.opening, "opening.unseen" in codes(opened)) == (Opening.LIMIT, True)
