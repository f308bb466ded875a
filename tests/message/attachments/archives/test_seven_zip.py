"""What a 7z header says of how data is packed is read, changed and written."""

import pytest

from gatepost.message.attachments.archives.seven_zip import (
    AES,
    COPY,
    LZMA,
    Coder,
    Folder,
    Numbers,
    Streams,
    read_first_files,
    read_streams,
    spell,
    take_coder_out,
    write_streams,
)


def build_folder(*, is_first: bool = False) -> Folder:
    lock, packing = Coder(AES, b"ab", 1, 1), Coder(LZMA, b"]....", 1, 1)
    if is_first:
        return Folder([lock, packing], [(1, 0)], [0], [20, 90])
    return Folder([packing, lock], [(0, 1)], [1], [90, 20])


@pytest.mark.parametrize("value", [0, 1, 0x7F, 0x80, 0x3FFF, 0x4000, 10**6, 2**40, 2**63])
def test_numbers_are_read_as_they_are_written(value: int) -> None:
    assert Numbers(spell(value)).number() == value


@pytest.mark.parametrize(("raw", "value"), [(b"\x81\x02", 0x102), (b"\xc1\x02\x03", 0x10302), (b"\x80\xff", 0xFF)])
def test_short_forms_of_numbers_are_read(raw: bytes, value: int) -> None:
    assert Numbers(raw).number() == value


def test_streams_are_read_as_they_are_written() -> None:
    four = Folder([Coder(b"\x03\x03\x01\x1b", b"", 4, 1), Coder(LZMA, b"]....", 1, 1)], [(0, 1)], [1, 2, 3, 4], [9, 8])
    streams = Streams(0, [20, 1, 2, 3, 4], [build_folder(), four])
    streams.folders[1].crc = 7
    assert read_streams(Numbers(write_streams(streams))) == streams


@pytest.mark.parametrize("is_first", [False, True])
def test_a_coder_is_taken_out_of_the_chain(is_first: bool) -> None:
    folder = build_folder(is_first=is_first)
    assert take_coder_out(folder, 0 if is_first else 1) == 0
    assert folder == Folder([Coder(LZMA, b"]....", 1, 1)], [], [0], [90])


def test_a_coder_that_stands_alone_becomes_one_that_copies() -> None:
    folder = Folder([Coder(AES, b"ab", 1, 1)], [], [0], [20])
    take_coder_out(folder, 0)
    assert folder == Folder([Coder(COPY, b"", 1, 1)], [], [0], [20])


def test_the_first_file_of_each_folder_is_told() -> None:
    one, two = Folder([], [], [], [9], crc=5), Folder([], [], [], [9])
    told = b"\x08\x0d\x01\x02\x09\x04\x0a\x01" + b"".join(number.to_bytes(4, "little") for number in (6, 7)) + b"\x00"
    assert read_first_files(Numbers(told), [one, two]) == [(0, 5), (4, 6)]
    assert read_first_files(Numbers(b"\x05"), [one, two]) == [(0, 5), (0, None)]
