"""Codes are read in every kind of picture; claims of size are not believed; what stands behind is opened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from built_files.pages import draw_code, save_picture
from gatepost.message.attachments.codes import UNREAD_CODES
from gatepost.message.attachments.openers import picture as opener
from gatepost.model.contents import LinkSource, Opening
from gatepost.model.file_kinds import FileKind
from opened_files import codes, links, open_alone

CODE = draw_code("https://a.example/qr").convert("RGB")
KINDS = sorted(opener.OPENS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_is_a_link_in_every_kind_of_picture(kind: FileKind) -> None:
    opened = open_alone(opener, save_picture(CODE, kind.upper()))
    assert (opened.kind, opened.opening) == (kind, Opening.OPENED)
    assert links(opened, LinkSource.QR_CODE) == ["https://a.example/qr"]


def test_a_picture_of_nothing_has_nothing_to_tell() -> None:
    opened = open_alone(opener, save_picture(Image.effect_noise((300, 200), 40)))
    assert (opened.traits, opened.links, opened.files) == ((), (), ())


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_a_code_in_a_later_frame_is_found(kind: str) -> None:
    blank = Image.new("RGB", CODE.size, "white")
    moving = save_picture(blank, kind, save_all=True, append_images=[blank.rotate(1), CODE], lossless=True)
    assert links(open_alone(opener, moving)) == ["https://a.example/qr"]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_a_code_on_which_an_animation_comes_to_rest_is_found(kind: str) -> None:
    blanks = [Image.new("RGB", CODE.size, (255, 255, number)) for number in range(opener.MAX_FRAMES + 3)]
    moving = save_picture(blanks[0], kind, save_all=True, append_images=[*blanks[1:], CODE], lossless=True)
    opened = open_alone(opener, moving)
    assert (links(opened), codes(opened)) == (["https://a.example/qr"], {"code.found"})


def test_an_animation_that_is_not_seen_to_its_end_is_told() -> None:
    frames = [Image.new("L", (30, 30), number) for number in range(opener.MAX_PASSED_FRAMES + 1)]
    opened = open_alone(opener, save_picture(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert codes(opened) == {UNREAD_CODES}


def test_a_picture_too_large_to_be_drawn_is_a_limit() -> None:
    huge = save_picture(Image.new("1", (20_000, 20_000)))
    assert len(huge) < 100_000
    opened = open_alone(opener, huge)
    assert (opened.opening, codes(opened)) == (Opening.LIMIT, {"picture.bomb"})


@pytest.mark.parametrize("frames", [1, 2])
def test_a_frame_that_is_said_to_lie_far_away_is_a_limit(frames: int) -> None:
    small = save_picture(Image.new("P", (200, 200)), "GIF")
    at = small.index(b",\x00\x00\x00\x00\xc8\x00\xc8\x00")
    far = small[at : at + 1] + b"\xff\xff\xff\xff" + small[at + 5 :]
    moving = small[:at] + (far if frames == 1 else small[at:-1] + far)
    opened = open_alone(opener, moving)
    assert (opened.opening, codes(opened)) == (Opening.LIMIT, {"picture.bomb"})


def test_a_sheet_that_was_scanned_finely_is_read() -> None:
    sheet = Image.new("1", (4_960, 7_016), 1)
    sheet.paste(CODE.convert("1").resize((900, 900)), (3_500, 600))
    assert links(open_alone(opener, save_picture(sheet, "TIFF", compression="group4"))) == ["https://a.example/qr"]


def test_a_large_photograph_is_made_small() -> None:
    photo = Image.new("RGB", (5_000, 4_000), "beige")
    photo.paste(CODE.resize((900, 900)), (3_500, 2_500))
    assert links(open_alone(opener, save_picture(photo, "JPEG"))) == ["https://a.example/qr"]


def test_what_stands_behind_a_picture_is_opened() -> None:
    opened = open_alone(opener, save_picture(CODE) + b"PK\x03\x04" + b"x" * 200)
    assert codes(opened) >= {"picture.data_behind", "code.found"}
    assert [file.content[:4] for file in opened.files] == [b"PK\x03\x04"]


def test_a_few_bytes_behind_a_picture_are_nothing() -> None:
    opened = open_alone(opener, save_picture(CODE) + bytes(5_000) + b"\r\n")
    assert codes(opened) == {"code.found"}


def test_a_picture_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    page = Image.new("RGB", (CODE.width, 600), "white")
    page.paste(CODE, (0, 0))
    cut = save_picture(page, "BMP")
    upper = save_picture(page.transpose(Image.Transpose.FLIP_TOP_BOTTOM), "BMP")[: len(cut) * 2 // 3]
    assert links(open_alone(opener, upper)) == ["https://a.example/qr"]


@given(st.data(), st.sampled_from(KINDS))
def test_any_damage_gives_a_value(data: st.DataObject, kind: FileKind) -> None:
    whole = bytearray(save_picture(CODE, kind.upper()))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    open_alone(opener, bytes(whole[: data.draw(st.integers(5, len(whole)))]))
