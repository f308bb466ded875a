"""The end of a picture is where its own blocks say it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from built_files.pages import draw_code, save_picture
from gatepost.message.attachments.picture_ends import find_end
from gatepost.model.file_kinds import FileKind

PICTURE = draw_code("https://a.example/").convert("RGB")
KINDS = [FileKind.PNG, FileKind.GIF, FileKind.JPEG]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_added_stands_behind_the_end(kind: FileKind) -> None:
    whole = save_picture(PICTURE, kind.upper())
    assert find_end(whole, kind) == len(whole)
    assert find_end(whole + b"PK\x03\x04 more", kind) == len(whole)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_cut_off_has_no_end(kind: FileKind) -> None:
    cut = save_picture(PICTURE, kind.upper())[:-8]
    assert find_end(cut, kind) == len(cut)


def test_a_progressive_jpeg_ends_behind_its_last_scan() -> None:
    photo = Image.effect_noise((300, 300), 50)
    whole = save_picture(photo, "JPEG", progressive=True)
    assert whole.count(b"\xff\xda") > 1
    assert find_end(whole + b"more", FileKind.JPEG) == len(whole)


def test_a_kind_without_blocks_is_all_picture() -> None:
    assert find_end(b"BM more", FileKind.BMP) == 7


@given(st.binary(max_size=200), st.sampled_from(KINDS))
def test_any_bytes_give_a_place_within(content: bytes, kind: FileKind) -> None:
    whole = save_picture(PICTURE, kind.upper())[:40] + content
    for one in (content, whole):
        assert 0 <= find_end(one, kind) <= len(one)
