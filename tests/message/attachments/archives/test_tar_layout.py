"""Every reading of a tar archive, and every contradiction in it."""

import io
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import pack
from archive_cases import EICAR, NOTE
from gatepost.message.attachments.archives.tar_layout import MAX_ENTRIES, TarLayout, read_tar


def write_tar(*infos: tarfile.TarInfo, kind: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=kind) as archive:
        for info in infos:
            archive.addfile(info, io.BytesIO(NOTE.ljust(info.size, b" ")))
    return packed.getvalue()


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, *, link: str = "", size: int = len(NOTE), **pax: str
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.pax_headers = kind, link, pax
    info.size = size if kind == tarfile.REGTYPE else 0
    return info


def resum(content: bytes, at: int = 0, *, is_signed: bool = False) -> bytes:
    block = content[at : at + 512]
    spaced = block[:148] + b" " * 8 + block[156:]
    total = sum(byte - 256 if is_signed and byte > 127 else byte for byte in spaced)
    return content[: at + 148] + b"%06o\0 " % total + content[at + 156 :]


def list_contents(content: bytes, layout: TarLayout) -> dict[str, bytes]:
    return {each.name: content[each.data_at : each.data_at + each.size_bytes] for each in layout.entries}


LONG = "a" * 90 + "/" + "b" * 150 + ".txt"


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_files_are_read_in_every_dialect(kind: int) -> None:
    names = ["plan.txt", "folder/Grün.txt", *([] if kind == tarfile.USTAR_FORMAT else [LONG])]
    content = write_tar(*map(entry, names), kind=kind)
    layout = read_tar(content)
    assert list_contents(content, layout) == dict.fromkeys(names, NOTE)
    assert (layout.traits, layout.behind) == ([], b"")


def test_links_and_devices_are_told_apart() -> None:
    kinds = ((tarfile.SYMTYPE, "b"), (tarfile.LNKTYPE, "d"), (tarfile.CHRTYPE, ""), (tarfile.DIRTYPE, ""))
    link, hardlink, device, folder = read_tar(write_tar(*(entry("a", kind, link=link) for kind, link in kinds))).entries
    assert (link.is_symlink, link.link, hardlink.is_hardlink, hardlink.link) == (True, "b", True, "d")
    assert (device.is_special, folder.is_folder) == (True, True)
    assert not any((link.is_hardlink, link.is_special, device.is_folder, folder.is_special, hardlink.is_symlink))


def write_hidden_behind_the_end() -> bytes:
    return write_tar(entry("a")) + pack("ustar", {"hidden.com": EICAR})


ODD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "behind the end": ("hidden_entry", write_hidden_behind_the_end),
    "a sum of signed bytes": ("wrong_checksum", lambda: resum(write_tar(entry("ü" * 9), kind=0), is_signed=True)),
    "a wrong sum": ("wrong_checksum", lambda: (whole := write_tar(entry("a")))[:149] + b"7" + whole[150:]),
    "a wrong sum in the middle": ("hidden_entry", lambda: (
        whole := write_tar(entry("a"), entry("b"), entry("c")))[: 1024 + 149] + b"7" + whole[1024 + 150 :]),
    "another name in pax": ("name_differs", lambda: write_tar(entry("a.txt", path="a.exe"))),
    "cut off": ("cut_off", lambda: write_tar(entry("a", size=5_000))[:1_024]),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_a_contradiction_is_told(case: str) -> None:
    code, build = ODD[case]
    assert f"archive.{code}" in {code for code, _ in read_tar(build()).traits}


def test_files_behind_the_end_and_behind_damage_are_given() -> None:
    content = write_hidden_behind_the_end()
    assert list_contents(content, read_tar(content)) == {"a": NOTE, "hidden.com": EICAR}


def test_a_file_is_read_with_each_size_and_the_way_goes_on_behind_each() -> None:
    """pax says one size, the header another: programs that do not know pax go on elsewhere."""
    inner = pack("ustar", {"hidden.com": EICAR})[:1024]
    data = tarfile.TarInfo("a")
    data.size = len(inner)
    header = data.tobuf(tarfile.USTAR_FORMAT)
    record = b"10 size=0\n"
    pax = tarfile.TarInfo("pax")
    pax.type, pax.size = tarfile.XHDTYPE, len(record)
    content = pax.tobuf(tarfile.USTAR_FORMAT) + record.ljust(512, b"\0") + header + inner + bytes(1024)
    layout = read_tar(content)
    assert "archive.header_differs" in {code for code, _ in layout.traits}
    assert {each.name for each in layout.entries} == {"a", "hidden.com"}


def test_the_map_of_a_sparse_file_is_no_data_of_it() -> None:
    """GNU tar puts more of the map into blocks of their own, which the size does not count."""
    header = bytearray(entry("a").tobuf(tarfile.GNU_FORMAT))
    header[156:157], header[482] = b"S", 1
    further = [bytes(504) + b"\x01" + bytes(7), bytes(512)]
    content = resum(bytes(header)) + b"".join(further) + NOTE.ljust(512, b"\0") + write_tar(entry("b"))
    layout = read_tar(content)
    assert (list_contents(content, layout), layout.traits) == ({"a": NOTE, "b": NOTE}, [])


def test_what_is_no_entry_is_given_as_the_rest() -> None:
    assert read_tar(write_tar(entry("a")) + b"something").behind == b"something"


def test_no_more_entries_are_read_than_the_limit() -> None:
    header = entry("a", size=0).tobuf()
    layout = read_tar(header * (MAX_ENTRIES + 5))
    assert (len(layout.entries), layout.is_cut) == (MAX_ENTRIES, True)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 3_000), st.integers(0, 40))
def test_any_bytes_have_a_layout(noise: bytes, at: int, cut: int) -> None:
    content = write_tar(entry("a"), entry(LONG), entry("c", comment="x"))
    changed = content[:at] + noise + content[at + cut :]
    assert all(each.size_bytes >= 0 and each.data_at >= 512 for each in read_tar(changed).entries)
