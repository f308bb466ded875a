"""UDF images are opened; beside an ISO 9660 list only what that one does not name."""

from archive_builders import pack, write_udf
from archive_cases import EICAR, NOTE, find_contents, find_traits, has_eicar, open_file


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
