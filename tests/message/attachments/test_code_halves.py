"""A code that is cut in two is read where its halves fit; other pictures are no halves."""

import pytest
from PIL import Image, ImageOps

from built_files.pages import draw_code, save_picture
from gatepost.message.attachments.code_halves import MAX_KEPT, MAX_PAIRS, note_halves
from gatepost.message.attachments.codes import UNREAD_CODES
from gatepost.message.attachments.desk import Desk, Insides
from gatepost.message.attachments.openers import picture as opener
from gatepost.model.contents import LinkSource
from gatepost.model.file_kinds import FileKind
from opened_files import links

URL = "https://collect.example/session?e=bm9yYUBtaWxsLXN0cmVldC5leGFtcGxl"
CODE = draw_code(URL)
Pair = tuple[Image.Image, Image.Image]


def cut(*, upright: bool, share: float = 0.5) -> Pair:
    width, height = CODE.size
    if upright:
        return CODE.crop((0, 0, int(width * share), height)), CODE.crop((int(width * share), 0, width, height))
    return CODE.crop((0, 0, width, int(height * share))), CODE.crop((0, int(height * share), width, height))


def look(*pictures: Image.Image) -> Insides:
    insides, desk = Insides(), Desk({})
    for picture in pictures:
        note_halves(picture, insides, desk)
    return insides


def read(*pictures: Image.Image) -> list[str]:
    return [link.url for link in look(*pictures).links]


@pytest.mark.parametrize("pair", [cut(upright=True), cut(upright=False), cut(upright=True, share=0.3)])
def test_two_halves_are_read_in_either_order(pair: Pair) -> None:
    assert read(*pair) == [URL]
    assert read(*reversed(pair)) == [URL]


def test_a_picture_between_the_halves_changes_nothing() -> None:
    first, second = cut(upright=True)
    assert read(first, Image.radial_gradient("L"), Image.new("L", (90, 90), 255), second) == [URL]


def test_a_half_alone_or_twice_says_nothing() -> None:
    first, second = cut(upright=True)
    assert read(first) == read(first, first) == read(second, second) == []


def test_halves_of_another_height_are_not_joined() -> None:
    first, second = cut(upright=True)
    assert read(first, ImageOps.expand(second, 20, fill=255)) == []


def test_pictures_in_front_of_the_halves_keep_them_not_out() -> None:
    first, second = cut(upright=True)
    others = [ImageOps.expand(second, 20 + 2 * number, fill=255) for number in range(MAX_KEPT + 1)]
    assert read(*others, first, second) == [URL]
    assert read(first, *others, second) == []


def test_more_pairs_than_are_read_are_told() -> None:
    first, second = cut(upright=True)
    told = look(*[first] * (MAX_PAIRS // MAX_KEPT + MAX_KEPT), second)
    assert [trait.code for trait in told.traits] == [UNREAD_CODES]


def test_the_opener_gives_the_link_on_with_the_second_half() -> None:
    desk = Desk({FileKind.PNG: (opener,)})
    first, second = (desk.open(str(number), "", save_picture(half)) for number, half in enumerate(cut(upright=True)))
    assert (links(first), links(second, LinkSource.QR_CODE)) == ([], [URL])
