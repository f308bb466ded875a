"""What a drawn code says is read, and that a code is drawn is known also where it cannot be read."""

import numpy as np
import zxingcpp

from gatepost.message.parse import parse_message
from gatepost.screen.drawn_codes import read_drawn_codes
from screen_cases import write_mail

URL = "https://a.example/drawn"


def build_modules(text: str = URL) -> list[str]:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = np.asarray(zxingcpp.write_barcode_to_image(code, scale=1))
    return ["".join("10"[bool(module)] for module in row) for row in picture]


def draw_blocks(rows: list[str]) -> str:
    return "\n".join(row.replace("1", "██").replace("0", "  ") for row in rows)


def draw_table(rows: list[str]) -> str:
    cells = ("".join(f"<td bgcolor={'#000' if module == '1' else '#fff'}>" for module in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def read(raw: bytes) -> list[str]:
    return [code.text for code in read_drawn_codes(parse_message(raw))]


def test_a_code_of_letters_is_read() -> None:
    assert read(write_mail(draw_blocks(build_modules()))) == [URL]


def test_a_code_of_cells_is_read() -> None:
    assert read(write_mail(draw_table(build_modules()), html=True)) == [URL]


def test_a_code_that_is_damaged_beyond_repair_is_known_to_be_drawn() -> None:
    rows = [
        row[:14] + row[14:].replace("1", "0") if 12 < place < 20 else row for place, row in enumerate(build_modules())
    ]
    assert read(write_mail(draw_blocks(rows))) == [""]


def test_a_mail_without_a_drawing_has_none_and_is_looked_at_once() -> None:
    message = parse_message(write_mail("Bring the long ladder."))
    assert read_drawn_codes(message) == ()
    assert read_drawn_codes(message) is read_drawn_codes(message)
