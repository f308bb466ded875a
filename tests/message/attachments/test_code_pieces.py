"""A code that is cut into more than two pictures is read where its pieces fit."""

import random
import time
from collections.abc import Sequence

import pytest
from PIL import Image, ImageOps

from built_files.pages import draw_code, save_picture
from gatepost.message.attachments.code_pieces import MAX_PIECES, MAX_TRIED, Budget, Piece, read_pieces
from gatepost.message.attachments.codes import UNREAD_CODES
from gatepost.message.attachments.desk import Desk
from gatepost.message.attachments.openers import picture as opener
from gatepost.model.contents import LinkSource, OpenedFile
from gatepost.model.file_kinds import FileKind
from opened_files import codes, links

URL = "https://collect.example/session?e=bm9yYUBtaWxsLXN0cmVldC5leGFtcGxl"
CODE = ImageOps.expand(draw_code(URL).convert("L"), 16, fill=255)


def cut(rows: int, columns: int, shift: int = 0) -> list[Image.Image]:
    """Cut the code into a grid; with a shift the first row and the first column are larger than the others."""
    width, height = CODE.size
    across = [0, *(width * column // columns + shift for column in range(1, columns)), width]
    down = [0, *(height * row // rows + shift for row in range(1, rows)), height]
    return [
        CODE.crop((across[column], down[row], across[column + 1], down[row + 1]))
        for row in range(rows)
        for column in range(columns)
    ]


def read(pictures: Sequence[Image.Image], budget: Budget | None = None) -> list[str]:
    return [text for _, text in read_pieces([Piece(picture) for picture in pictures], budget or Budget())]


def open_all(pictures: Sequence[Image.Image]) -> list[OpenedFile]:
    desk = Desk({FileKind.PNG: (opener,)})
    return [desk.open(str(number), "", save_picture(picture)) for number, picture in enumerate(pictures)]


@pytest.mark.parametrize("shift", [0, 9, -9])
@pytest.mark.parametrize(
    ("rows", "columns"), [(3, 1), (4, 1), (1, 3), (1, 4), (2, 2), (5, 1), (1, 6), (2, 3), (3, 2), (3, 3)]
)
def test_pieces_are_put_together_in_bands_and_grids(rows: int, columns: int, shift: int) -> None:
    assert read(cut(rows, columns, shift)) == [URL]


@pytest.mark.parametrize(("rows", "columns"), [(3, 1), (4, 1), (1, 4), (2, 2)])
def test_up_to_four_pieces_may_come_in_any_order(rows: int, columns: int) -> None:
    for seed in range(6):
        pieces = cut(rows, columns)
        random.Random(seed).shuffle(pieces)
        assert read(pieces) == [URL]


def test_other_pictures_in_front_change_nothing() -> None:
    assert read([Image.new("L", (90, 80), 255), *cut(2, 2)]) == [URL]


def test_pieces_that_lack_one_or_do_not_fit_say_nothing() -> None:
    pieces = cut(2, 2)
    assert read(pieces[:3]) == []
    assert read([*pieces[:3], ImageOps.expand(pieces[3], 9, fill=255)]) == []
    assert read([pieces[3]] * MAX_PIECES) == []


def test_no_more_ways_are_tried_than_there_is_a_budget_for() -> None:
    budget = Budget(2)
    assert read([*cut(4, 1)[:3], cut(4, 1)[2]], budget) == []
    assert budget.is_spent


def test_the_opener_gives_the_link_on_with_the_last_piece() -> None:
    for pieces in (cut(4, 1), cut(2, 2), cut(3, 3)):
        *others, last = open_all(pieces)
        assert links(last, LinkSource.QR_CODE) == [URL]
        assert [links(other) for other in others] == [[]] * len(others)


def test_many_pictures_that_fit_and_show_no_code_cost_little_and_are_told() -> None:
    pieces = cut(4, 1)
    start = time.process_time()
    opened = open_all([pieces[number % 3] for number in range(60)])
    assert time.process_time() - start < MAX_TRIED * 0.1
    assert codes(opened[-1]) == {UNREAD_CODES}


def test_pages_of_text_are_no_pieces() -> None:
    page = Image.new("L", (400, 500), 255)
    for row in range(20, 480, 12):
        page.paste(0, (20, row, 380, row + 5))
    assert codes(open_all([page] * 12)[-1]) == set()
