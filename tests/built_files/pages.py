"""PDF, pictures with codes, pages, and what else leads a reader on."""

import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import zxingcpp
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

LETTER = [0, 0, 612, 792]


def build_pdf(change: Callable[[pikepdf.Pdf], None] = lambda _: None, **save: object) -> bytes:
    """Give a PDF of one page; `change` may do anything to it."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(612, 792))
    change(pdf)
    written = BytesIO()
    pdf.save(written, static_id=True, **save)  # type: ignore[arg-type]
    return written.getvalue()


def act(kind: str, **keys: Any) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **keys)


def script(code: str) -> Dictionary:
    return act("JavaScript", JS=String(code))


def open_with(action: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = action

    return change


def link(url: str) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        one = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[10, 10, 99, 20], A=act("URI", URI=String(url)))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(one)])

    return change


def field(name: str, **keys: Any) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(name), Rect=[10, 10, 99, 20], **keys)


def form(*fields: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        made = Array([pdf.make_indirect(one) for one in fields])
        pdf.Root.AcroForm = Dictionary(Fields=made)
        pdf.pages[0].obj.Annots = made

    return change


def carry(name: str, content: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)

    return change


def draw_code(text: str, scale: int = 4) -> Image.Image:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=scale))


def save_picture(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def show(picture: Image.Image) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        grey = picture.convert("L")
        keys: dict[str, Any] = {"Type": Name.XObject, "Subtype": Name.Image, "ColorSpace": Name.DeviceGray}
        size: dict[str, Any] = {"Width": grey.width, "Height": grey.height, "BitsPerComponent": 8}
        stream = pikepdf.Stream(pdf, grey.tobytes(), Dictionary(**keys, **size))
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(stream)))
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, b"q 200 0 0 200 100 500 cm /Im0 Do Q")

    return change


def build_shortcut(  # noqa: PLR0913 - what a shortcut may say
    items: bytes = b"",
    info: bytes = b"",
    environment: str = "",
    *,
    name: str = "",
    path: str = "",
    folder: str = "",
    arguments: str = "",
    icon: str = "",
) -> bytes:
    """Give a Windows shortcut."""
    texts = [name, path, folder, arguments, icon]
    flags = 0x80 | bool(items) | bool(info) << 1 | sum(4 << place for place, text in enumerate(texts) if text)
    head = struct.pack("<I16sI", 76, bytes.fromhex("0114020000000000c000000000000046"), flags)
    strings = b"".join(struct.pack("<H", len(text)) + text.encode("utf-16-le") for text in texts if text)
    block = b""
    if environment:
        block = environment.encode().ljust(260, b"\0") + environment.encode("utf-16-le").ljust(520, b"\0")
        block = struct.pack("<II", 8 + len(block), 0xA0000001) + block
    target = struct.pack("<H", len(items)) + items if items else b""
    return head.ljust(76, b"\0") + target + info + strings + block + bytes(4)


FILES: dict[str, Callable[[], bytes]] = {}
