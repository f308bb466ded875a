"""Files as mails carry them, a few of each common kind: some built here, office documents from the samples."""

import csv
import os
import random
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import libarchive
import pikepdf
import zxingcpp
from PIL import Image

from bench.row import Unmeasurable

SAMPLES = Path(os.environ.get("GATEPOST_ATTACHMENTS", Path(__file__).parents[2] / "shared" / "data" / "attachments"))
SEED = 7
PAGES = 20
_WORDS = ("oak", "beech", "ash", "board", "plane", "joint", "order", "offer", "invoice", "thank", "you", "please")


def make_files() -> Mapping[str, tuple[str, bytes]]:
    """Give a file of each kind by what it is: its name and its bytes; raise Unmeasurable without the samples."""
    text = _write_text(150_000)
    return {
        "ZIP of three texts": ("a.zip", _pack_zip({f"{number}.txt": text[number::3] for number in range(3)})),
        "7z of three texts": ("a.7z", _pack_7z({f"{number}.txt": text[number::3] for number in range(3)})),
        "PDF of 20 pages": ("a.pdf", _write_pdf(text)),
        "PNG with a QR code": ("a.png", _draw_code("https://woodwork.example/orders/20260102")),
        "DOCX": ("a.docx", _find_sample("office-clean", ".docx")),
        "XLSM with macros": ("a.xlsm", _find_sample("office-macro", ".xlsm")),
    }


def _write_text(size_bytes: int) -> bytes:
    dice = random.Random(SEED)  # noqa: S311 - a repeatable text, no secret
    return " ".join(dice.choices(_WORDS, k=size_bytes // 5)).encode()[:size_bytes]


def _pack_zip(files: Mapping[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _pack_7z(files: Mapping[str, bytes]) -> bytes:
    packed: list[bytes] = []

    def write(piece: bytes) -> int:
        packed.append(bytes(piece))
        return len(piece)

    with libarchive.custom_writer(write, "7zip") as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return b"".join(packed)


def _write_pdf(text: bytes) -> bytes:
    pdf, written = pikepdf.new(), BytesIO()
    for number in range(PAGES):
        page = pdf.add_blank_page()
        page.Contents = pdf.make_stream(b"BT (" + text[number::PAGES] + b") Tj ET")
        link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(f"https://woodwork.example/{number}"))
        page.Annots = pikepdf.Array(
            [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=link)]
        )
    pdf.save(written)
    return written.getvalue()


def _draw_code(text: str) -> bytes:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=8)
    picture, written = Image.new("L", (1_000, 800), 255), BytesIO()
    picture.paste(Image.fromarray(code), (300, 200))
    picture.save(written, "PNG")
    return written.getvalue()


def _find_sample(kind: str, suffix: str) -> bytes:
    """Give the middle one by size of the samples of one kind."""
    if not (SAMPLES / "manifest.csv").is_file():
        raise Unmeasurable(f"the samples of files are not at {SAMPLES}; set GATEPOST_ATTACHMENTS to their folder")
    with (SAMPLES / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["kind"] == kind and row["file"].endswith(suffix)]
    if not rows:
        raise Unmeasurable(f"there is no {suffix} among the samples of {kind}")
    rows.sort(key=lambda row: int(row["bytes"]))
    return next(SAMPLES.rglob(rows[len(rows) // 2]["file"])).read_bytes()
