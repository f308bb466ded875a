"""tar archives are opened in every reading."""

import io
import tarfile

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import pack
from archive_cases import EICAR, NOTE, find_contents, find_traits, give_prefixes, has_eicar, open_file
from gatepost.model.contents import Opening

PLAN = pack("ustar", {"plan.txt": NOTE, "folder/rota.txt": b"rota"})


def write_entry(name: str, kind: bytes, link: str = "") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info.tobuf(tarfile.USTAR_FORMAT)


def test_files_are_opened_by_their_names() -> None:
    opened = open_file(PLAN)
    assert find_contents(opened) == {"plan.txt": NOTE, "folder/rota.txt": b"rota"}
    assert (opened.opening, find_traits(opened)) == (Opening.OPENED, [])


def test_what_stands_behind_the_end_is_opened() -> None:
    assert find_traits(opened := open_file(PLAN + pack("ustar", {"a.com": EICAR}))) == ["hidden_entry"]
    assert has_eicar(opened)
    assert find_traits(opened := open_file(PLAN + EICAR)) == ["data_behind"]
    assert has_eicar(opened)


def test_an_archive_that_holds_only_folders_is_told() -> None:
    assert find_traits(open_file(write_entry("photos", tarfile.DIRTYPE))) == ["empty"]


def test_links_and_devices_are_told() -> None:
    links = (
        write_entry("out", tarfile.SYMTYPE, "/etc")
        + write_entry("out/passwd", tarfile.REGTYPE)
        + write_entry("hard", tarfile.LNKTYPE, "../a")
        + write_entry("tty", tarfile.CHRTYPE)
        + write_entry("../up", tarfile.DIRTYPE)
    )
    assert find_traits(open_file(links)) == ["device", "link_outside", "path_escape", "through_link"]


def test_an_honest_archive_of_sources_has_nothing_odd() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, kind, link in (
            ("src", tarfile.DIRTYPE, ""),
            ("src/a.c", tarfile.REGTYPE, ""),
            ("b", tarfile.SYMTYPE, "src/a.c"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            archive.addfile(info)
    assert find_traits(open_file(packed.getvalue())) == []


def test_many_files_are_told() -> None:
    assert "many_files" in find_traits(open_file(write_entry("a", tarfile.DIRTYPE) * 10_005))


def test_what_a_cut_or_a_changed_byte_leaves_is_opened_without_breaking() -> None:
    for changed in give_prefixes(PLAN[:2_600]):
        assert "opening.broken" not in {trait.code for trait in open_file(changed).traits}


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 2_000))
def test_any_bytes_are_opened_or_told(noise: bytes, at: int) -> None:
    opened = open_file(PLAN[:at] + noise + PLAN[at + len(noise) :])
    assert "opening.broken" not in {trait.code for trait in opened.traits}
