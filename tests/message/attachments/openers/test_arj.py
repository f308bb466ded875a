"""ARJ archives are opened, and what is locked or rare in them is told."""

from archive_builders import write_arj
from archive_cases import EICAR, NOTE, find_contents, find_traits, give_prefixes, has_eicar, open_file
from gatepost.model.contents import Opening
from opened_files import codes
from paths import SHARED, needs_shared

FILES = {"plan.txt": NOTE, "a.com": EICAR}


def test_files_are_opened_by_their_names() -> None:
    opened = open_file(write_arj(FILES))
    assert (find_contents(opened), opened.opening, find_traits(opened)) == (FILES, Opening.OPENED, [])
    assert has_eicar(opened)


@needs_shared
def test_what_arj_itself_has_packed_is_undone() -> None:
    (path,) = (SHARED / "data" / "attachments" / "files").glob("*clam.arj")
    opened = open_file(path.read_bytes())
    assert [(file.name, file.kind, file.size_bytes) for file in opened.files] == [("clam.exe", "pe", 544)]
    assert find_traits(opened) == []


def test_what_is_odd_is_told() -> None:
    assert (opened := open_file(write_arj(FILES, flags=1))).opening is Opening.LOCKED
    assert find_traits(opened) == ["locked_entry"]
    assert find_traits(open_file(write_arj(FILES, flags=4))) == ["volumes"]
    assert find_traits(open_file(write_arj(FILES, flags=8))) == ["volumes"]
    assert find_traits(open_file(write_arj(FILES, method=9))) == ["locked_entry", "unknown_method"]
    assert "opening.unseen" in codes(open_file(write_arj(FILES, method=9)))
    assert "wrong_checksum" in find_traits(open_file(write_arj(FILES).replace(b"ladder", b"LADDER")))


def test_more_entries_than_are_looked_at_are_told() -> None:
    opened = open_file(write_arj({"a": NOTE} | {f"{number}": b"" for number in range(10_000)}, kind=3))
    assert (opened.opening, find_traits(opened)) == (Opening.LIMIT, ["many_files"])
    assert "opening.unseen" in codes(opened)


def test_what_a_cut_or_a_changed_byte_leaves_is_opened_without_breaking() -> None:
    for changed in give_prefixes(write_arj(FILES)):
        assert "opening.broken" not in {trait.code for trait in open_file(changed).traits}
