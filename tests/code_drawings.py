"""The modules of a real QR code, with a margin, and helpers to draw them."""

from itertools import groupby

import numpy as np
import zxingcpp

URL = "https://a.example/drawn"


def _build() -> list[str]:
    code = zxingcpp.create_barcode(URL, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = np.array(zxingcpp.write_barcode_to_image(code, scale=1))
    dark = picture == 0
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    square = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return ["".join("01"[int(module)] for module in row) for row in square]


MODULES = _build()
_EDGE = ["0" * (len(MODULES[0]) + 4)] * 2
DRAWN = [*_EDGE, *(f"00{row}00" for row in MODULES), *_EDGE]
PLACES = [(x, y) for y, row in enumerate(DRAWN) for x, module in enumerate(row) if module == "1"]


def list_runs(row: str) -> list[str]:
    return ["".join(run) for _, run in groupby(row)]
