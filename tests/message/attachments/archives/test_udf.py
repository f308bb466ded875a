"""The files of a UDF image, as Windows shows them when it mounts one."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import write_udf
from archive_cases import EICAR, NOTE
from gatepost.message.attachments.archives.libarchive import TooManyMembersError
from gatepost.message.attachments.archives.udf import MAX_FILES, UnknownLayoutError, read_pieces, read_udf

FILES = {"plan.txt": NOTE * 200, "梯子.com": EICAR}


def read_all(image: bytes) -> dict[str, bytes]:
    return {file.name: read_pieces(image, file, 10**6)[0] for file in read_udf(image)}


@pytest.mark.parametrize("is_embedded", [False, True])
def test_files_are_read_with_their_paths(is_embedded: bool) -> None:
    files = {"plan.txt": NOTE, "梯子.com": EICAR} if is_embedded else FILES
    image = write_udf(files, is_embedded=is_embedded)
    assert read_all(image) == {f"docs/{name}": content for name, content in files.items()}


def test_no_more_is_read_than_there_is_room() -> None:
    image = write_udf(FILES)
    (plan, _) = sorted(read_udf(image), key=lambda file: file.name)
    assert read_pieces(image, plan, 100) == ((NOTE * 200)[:100], False)
    assert read_pieces(image, plan, len(NOTE) * 200)[1]


def test_what_is_no_image_has_no_files() -> None:
    for content in (b"", bytes(600_000)):
        with pytest.raises(UnknownLayoutError):
            read_all(content)


def test_endless_folders_cost_little() -> None:
    image = write_udf({f"{number}": b"" for number in range(MAX_FILES + 100)})
    start = time.process_time()
    with pytest.raises(TooManyMembersError):
        list(read_udf(image))
    assert time.process_time() - start < 2


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 12 * 2_048))
def test_any_bytes_have_files_or_none(noise: bytes, at: int) -> None:
    image = write_udf({"plan.txt": NOTE, "a.com": EICAR})
    at += 256 * 2_048
    changed = image[:at] + noise + image[at + len(noise) :]
    with suppress(UnknownLayoutError, TooManyMembersError):
        assert all(len(read_pieces(changed, file, 500)[0]) <= 500 for file in read_udf(changed))
