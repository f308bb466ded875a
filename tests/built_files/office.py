"""Office documents, honest and hostile, as small as they can be. Nothing in them does anything but show what it is."""

import base64
import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from xml.sax.saxutils import escape

from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from msoffcrypto.format.ooxml import OOXMLFile

from built_files.compound_files import build_compound, build_vba
from built_files.plain import build_zip

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PROGRAM = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\x00\x00" + bytes(40)

DROPPER = 'Sub AutoOpen()\r\n  x = "cmd" & " /c echo"\r\n  Shell x & " hello", vbHide\r\nEnd Sub\r\n'
HELLO = 'Sub Document_Open()\r\n  MsgBox "Welcome to the price list"\r\nEnd Sub\r\n'
BY_HAND = (
    'Sub Fetch()\r\n  Set x = CreateObject("MSXML2.XMLHTTP")\r\n'
    '  x.Open "GET", "https://rates.example/today"\r\nEnd Sub\r\n'
)
KEEPS_LOG = (
    'Private Sub Document_Open()\r\n  Open Environ("TEMP") & "\\opened.txt" For Output As #1\r\n'
    "  Print #1, Now\r\n  Close #1\r\nEnd Sub\r\n"
)
READS_RATES = (
    'Private Sub Document_Open()\r\n  Open "rates.dat" For Binary Access Read As #1\r\n  Close #1\r\nEnd Sub\r\n'
)
SAVES_LIST = (
    'Sub SaveList()\r\n  Open "list.csv" For Output As #1\r\n  Print #1, Range("A1")\r\n  Close #1\r\nEnd Sub\r\n'
)
TOTALS = 'Sub AddUp()\r\n  \' Shell is not used here\r\n  Range("A9").Value = 12\r\nEnd Sub\r\n'
RATE = "Function Commission(num) As Integer\r\n    Commission = num * 0.03\r\nEnd Function\r\n"
EMPTY_MODULE = 'Attribute VB_Base = "0{00020819-0000-0000-C000-000000000046}"\r\n'


def build_parts(parts: Mapping[str, bytes | str]) -> bytes:
    """Build an Open XML document of parts."""
    types = f'<Types xmlns="{TYPES}"><Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>'
    relation = f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/>'
    root = f'<Relationships xmlns="{PACKAGE}">{relation}</Relationships>'
    everything: dict[str, bytes | str] = {"[Content_Types].xml": types, "_rels/.rels": root, **parts}
    return build_zip({name: part.encode() if isinstance(part, str) else part for name, part in everything.items()})


def build_word(body: str = "<w:p><w:r><w:t>Offer</w:t></w:r></w:p>", **more: bytes | str) -> bytes:
    document = (
        f'<?xml version="1.0"?><w:document xmlns:w="{WORD}" xmlns:r="{RELATIONS}"><w:body>{body}</w:body></w:document>'
    )
    return build_parts(
        {
            "word/document.xml": document,
            **{
                name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin").replace("_xlsx", ".xlsx"): part
                for name, part in more.items()
            },
        }
    )


def write_field(*pieces: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"<w:p>{mark.format('begin')}{runs}{mark.format('separate')}{mark.format('end')}</w:p>"


def write_relation(kind: str, target: str) -> str:
    one = f'<Relationship Id="rId9" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/>'
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">{one}</Relationships>'


def build_related(kind: str, target: str) -> bytes:
    return build_parts(
        {
            "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body/></w:document>',
            "word/_rels/document.xml.rels": write_relation(kind, target),
        }
    )


def build_macros(modules: Mapping[str, str], compiled: Mapping[str, bytes] | None = None) -> bytes:
    """Build vbaProject.bin."""
    return build_compound({"VBA": build_vba(modules, compiled), "PROJECT": b"ID=1"})


def build_word_macros(**modules: str) -> bytes:
    return build_parts(
        {
            "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body/></w:document>',
            "word/vbaProject.bin": build_macros(modules),
        }
    )


def write_compiled(lines: int, words: bytes = b"") -> bytes:
    """Write the part of a module that Office runs, as far as anybody here reads it."""
    return b"\x01\x16\x03" + bytes(40) + words + b"\xfe\xca\x01\x00" + struct.pack("<H", lines) + bytes(12 * lines)


def build_stomped() -> bytes:
    """Build a module whose compiled form has nine lines and whose source has none."""
    return build_macros({"ThisDocument": ""}, {"ThisDocument": write_compiled(9)})


def write_biff(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def write_name(text: str) -> bytes:
    return b"\x00" + text.encode("latin-1")


def build_workbook(*records: bytes, macro_sheet: bytes = b"") -> bytes:
    """Build the stream of a binary workbook; `macro_sheet` are the records of a second sheet."""
    start = write_biff(0x809, struct.pack("<HH", 0x600, 5) + bytes(12))
    end = write_biff(0x0A, b"")
    sheet = write_biff(0x809, struct.pack("<HH", 0x600, 0x10) + bytes(12)) + end
    macros = write_biff(0x809, struct.pack("<HH", 0x600, 0x40) + bytes(12)) + macro_sheet + end if macro_sheet else b""
    return start + b"".join(records) + end + sheet + macros


def write_sheet(name: str, kind: int = 0, state: int = 0) -> bytes:
    return write_biff(0x85, struct.pack("<IBBB", 0, state, kind, len(name)) + write_name(name))


def write_built_in_name(number: int) -> bytes:
    return write_biff(0x18, struct.pack("<HBBHHH4x", 0x20, 0, 1, 0, 0, 0) + b"\x00" + bytes([number]))


def write_call(number: int) -> bytes:
    tokens = b"\x17\x04\x00calc" + b"\x42\x01" + struct.pack("<H", number)
    return write_biff(0x06, struct.pack("<HHH8sHIH", 0, 0, 15, bytes(8), 0, 0, len(tokens)) + tokens)


def build_excel4(*, starts: bool, number: int = 54) -> bytes:
    records = [write_sheet("Table"), write_sheet("Macro1", kind=1)] + ([write_built_in_name(1)] if starts else [])
    return build_compound({"Workbook": build_workbook(*records, macro_sheet=write_call(number))})


def build_excel4_xml(formula: str) -> bytes:
    sheet = f'<xm:macrosheet xmlns="s" xmlns:xm="x"><row><c><f>{formula}</f></c></row></xm:macrosheet>'
    return build_parts({"xl/workbook.xml": "<workbook/>", "xl/macrosheets/sheet1.xml": sheet})


def build_protected(protection: str, state: str = "visible", macros: bytes = b"") -> bytes:
    """Build a workbook of one sheet."""
    sheets = f'<workbook xmlns="s"><sheets><sheet name="Table" state="{state}" sheetId="1"/></sheets></workbook>'
    table = f'<worksheet xmlns="s"><sheetData/>{protection}</worksheet>'
    parts: dict[str, bytes | str] = {"xl/workbook.xml": sheets, "xl/worksheets/sheet1.xml": table}
    return build_parts(parts | ({"xl/vbaProject.bin": macros} if macros else {}))


def build_external_link(service: str, topic: str) -> bytes:
    link = f'<externalLink xmlns="s"><ddeLink ddeService="{service}" ddeTopic="{topic}"/></externalLink>'
    return build_parts({"xl/workbook.xml": "<workbook/>", "xl/externalLinks/externalLink1.xml": link})


def write_package(name: str, content: bytes, *, kind: int = 3) -> bytes:
    """Write what the packager of Windows writes, without the size in front."""
    text = name.encode("cp1252") + b"\x00"
    source = b"C:\\files\\" + text
    head = struct.pack("<H", 2) + text + source + struct.pack("<HH", 0, kind)
    return head + struct.pack("<I", len(source)) + source + struct.pack("<I", len(content)) + content


def write_native(name: str, content: bytes) -> bytes:
    package = write_package(name, content)
    return struct.pack("<I", len(package)) + package


def build_packaged(name: str, content: bytes) -> bytes:
    """Build a letter with a file in it."""
    inner = build_compound({"\x01Ole10Native": write_native(name, content)}, "0003000C-0000-0000-C000-000000000046")
    return build_word(word__embeddings__oleObject1_bin=inner)


def build_linked_package(source: str) -> bytes:
    text = source.encode() + b"\x00"
    package = struct.pack("<H", 2) + text + text + struct.pack("<HH", 0, 1)
    return build_compound({"\x01Ole10Native": struct.pack("<I", len(package)) + package, "WordDocument": bytes(64)})


def build_equation(native: bytes) -> bytes:
    return build_compound(
        {"ObjectPool": {"_1": {"Equation Native": native}}, "WordDocument": bytes(64)},
        "0002CE02-0000-0000-C000-000000000046",
    )


ADD_IN = "https://add-ins.example/totals.vsto|b0ffa1ba|vstolocal"
LINK_TO_PAGE = b"\x01\x00\x00\x02" + bytes(16) + "https://pages.example/x.hta".encode("utf-16-le") + bytes(4)
HONEST_EQUATION = (
    b"\x1c\x00\x00\x00\x02\x00" + bytes(22) + b"\x03\x01\x01\x03\x0a\x0a\x01\x02\x83a\x00\x02\x86=\x00\x00"
)
LONG_FONT = b"\x1c\x00\x00\x00\x02\x00" + bytes(22) + b"\x03\x01\x01\x03\x0a\x0a\x08\x5a\x5a" + b"A" * 48 + b"\x00"


def write_old_object(class_name: str, content: bytes, topic: str = "") -> bytes:
    """Write an OLE 1.0 object: an embedded one, or one that is linked to `topic`."""
    texts = b"".join(struct.pack("<I", len(text) + 1) + text.encode() + b"\x00" for text in (class_name, topic))
    kind = 1 if topic else 2
    rest = b"" if topic else struct.pack("<I", len(content)) + content
    return struct.pack("<II", 0x0501, kind) + texts + struct.pack("<I", 0) + rest


def build_rtf(data: bytes, words: str = "\\objemb", class_name: str = "Package") -> bytes:
    head = f"{{\\rtf1\\ansi Offer\\par{{\\object{words}{{\\*\\objclass {class_name}}}{{\\*\\objdata "
    return head.encode() + data.hex("\n", 32).encode() + b"}}}"


def build_rtf_text(text: str) -> bytes:
    return f"{{\\rtf1\\ansi{{\\fonttbl{{\\f0 Arial;}}}}{text}}}".encode("ascii")


def build_locked(password: str, parts: Mapping[str, bytes | str] = MappingProxyType({})) -> bytes:
    """Encrypt a letter; the library writes no sound container for one of less than 4096 bytes."""
    noise = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(160))
    letter = build_parts({"word/document.xml": f'<w:document xmlns:w="{WORD}"/>', "word/media/a.dat": noise, **parts})
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(letter)).encrypt(password, locked)
    return locked.getvalue()


def build_old_locked() -> bytes:
    """Say that an old workbook is masked with Excel's own password, by the key and the proof that belong to it."""
    key = struct.pack("<HHH", 0, 0xB359, 0x9A0A)
    return build_compound({"Workbook": build_workbook(write_biff(0x2F, key), write_sheet("Table"))})


def build_open_document(content: str, **more: bytes | str) -> bytes:
    parts = {
        name.replace("__", "/").replace("_bin", ".bin").replace("_xlsx", ".xlsx"): part for name, part in more.items()
    }
    parts = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **parts}
    parts.setdefault("META-INF/manifest.xml", "<manifest/>")
    return build_zip({name: part.encode() if isinstance(part, str) else part for name, part in parts.items()})


def build_locked_open_document(
    password: str, more: Mapping[str, bytes] = MappingProxyType({}), cipher: str = "aes"
) -> bytes:
    """Encrypt a letter as LibreOffice does, or as OpenOffice did (`cipher` "blowfish")."""
    parts, rounds = {"content.xml": b"<office:document-content/>", **more}, 1000
    hash_name = "sha256" if cipher == "aes" else "sha1"
    start_key = hashlib.new(hash_name, password.encode()).digest()
    written, entries = {"mimetype": b"application/vnd.oasis.opendocument.text"}, []
    for name, part in parts.items():
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(part) + packer.flush()
        salt, vector = name.encode().ljust(16)[:16], bytes(range(16 if cipher == "aes" else 8))
        key = hashlib.pbkdf2_hmac("sha1", start_key, salt, rounds, 32 if cipher == "aes" else 16)
        if cipher == "aes":
            padding = 16 - len(packed) % 16
            padded = packed + bytes(padding - 1) + bytes([padding])
            written[name] = Cipher(AES(key), CBC(vector)).encryptor().update(padded)
            algorithm = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
        else:
            written[name] = Cipher(Blowfish(key), CFB(vector)).encryptor().update(packed)
            algorithm = "Blowfish CFB"
        checksum = base64.b64encode(hashlib.new(hash_name, packed[:1024]).digest()).decode()
        entries.append(
            f'<m:file-entry m:full-path="{name}" m:size="{len(part)}"><m:encryption-data m:checksum-type="'
            f'{"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0#sha256-1k" if cipher == "aes" else "SHA1/1K"}"'
            f' m:checksum="{checksum}"><m:algorithm m:algorithm-name="{algorithm}" m:initialisation-vector="'
            f'{base64.b64encode(vector).decode()}"/><m:key-derivation m:key-derivation-name="PBKDF2" m:key-size="'
            f'{len(key)}" m:iteration-count="{rounds}" m:salt="{base64.b64encode(salt).decode()}"/>'
            f'<m:start-key-generation m:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#{hash_name}"'
            f' m:key-size="{len(start_key)}"/></m:encryption-data></m:file-entry>'
        )
    manifest = f'<?xml version="1.0"?><m:manifest xmlns:m="m">{"".join(entries)}</m:manifest>'
    return build_zip({**written, "META-INF/manifest.xml": manifest.encode()})


def build_active_mime(compound: bytes) -> bytes:
    return b"ActiveMime\x00\x00\x01\xf0" + bytes(16) + struct.pack("<H", 4) + bytes(18) + zlib.compress(compound)


def build_word_2003(macros: bytes) -> bytes:
    data = base64.b64encode(build_active_mime(macros)).decode()
    return (
        '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" w:macrosPresent="yes">'
        f'<w:docSuppData><w:binData w:name="editdata.mso">{data}</w:binData></w:docSuppData></w:wordDocument>'
    ).encode()


def build_onenote(*files: tuple[str, bytes]) -> bytes:
    section = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(1024)
    for name, content in files:
        section += bytes(8) + name.encode("utf-16-le") + bytes(8)
        section += bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac") + struct.pack("<Q12x", len(content)) + content
    return section + bytes(64)


def build_tnef(name: str, content: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(
        struct.pack("<BII", 2, 0x10000 | number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
        for number, data in ((0x9002, bytes(14)), (0x8010, name.encode() + b"\x00"), (0x800F, content))
    )


def build_tnef_text(*properties: tuple[int, int, bytes]) -> bytes:
    """Build winmail.dat with a text and no file: properties of the mail, each by type, number and value."""
    data = struct.pack("<I", len(properties))
    for kind, number, value in properties:
        data += struct.pack("<HHII", kind, number, 1, len(value)) + value + bytes(-len(value) % 4)
    head = struct.pack("<BII", 1, 0x69003, len(data))
    return b"\x78\x9f\x3e\x22\x01\x00" + head + data + struct.pack("<H", sum(data) & 0xFFFF)


def build_outlook_message(name: str, content: bytes, body: str = "") -> bytes:
    attachment = {"__substg1.0_3707001F": name.encode("utf-16-le"), "__substg1.0_37010102": content}
    return build_compound(
        {
            "__properties_version1.0": bytes(32),
            "__substg1.0_1000001F": body.encode("utf-16-le"),
            "__attach_version1.0_#00000000": attachment,
        },
        "00020D0B-0000-0000-C000-000000000046",
    )


def write_slide_record(kind: int, data: bytes, *, instance: int = 0, version: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | version, kind, len(data)) + data


def build_slides(action: int, text: str, *, storage: bytes = b"") -> bytes:
    """Build an old presentation with something to click, and with an object."""
    click = write_slide_record(0x0FF3, bytes(8) + bytes([action]) + bytes(7))
    click += write_slide_record(0x0FBA, text.encode("utf-16-le"), instance=2)
    stream = write_slide_record(0x0FF2, click, version=0xF)
    if storage:
        packed = struct.pack("<I", len(storage)) + zlib.compress(storage)
        stream += write_slide_record(0x1011, packed, instance=1)
    return build_compound({"PowerPoint Document": stream, "Current User": bytes(20)})


def build_old_word(text: str) -> bytes:
    """Build an old letter with its text where the words of a field are looked for."""
    return build_compound({"WordDocument": bytes(1024) + text.encode("cp1252") + bytes(3200)})


def build_saved_page(front: bytes = b"") -> bytes:
    """Build a letter with macros that was saved as one page, behind something else that only Word passes over."""
    macros = base64.encodebytes(build_active_mime(build_compound({"VBA": build_vba({"M": DROPPER})})))
    head = b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="cut"\n\n'
    page = b"--cut\nContent-Type: text/html\n\n<html><link rel=Edit-Time-Data href=editdata.mso>Offer</html>\n"
    part = b"--cut\nContent-Type: application/x-mso\nContent-Transfer-Encoding: base64\n\n" + macros + b"--cut--\n"
    return front + head + page + part


FILES: Mapping[str, Callable[[], bytes]] = {
    "behind-pdf.doc": lambda: build_saved_page(b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n"),
    "dropper.docm": partial(build_word_macros, NewMacros=DROPPER),
    "dropper.doc": lambda: build_compound({"WordDocument": bytes(64), "Macros": {"VBA": build_vba({"M": DROPPER})}}),
    "dropper-2003.xml": lambda: build_word_2003(build_compound({"VBA": build_vba({"M": DROPPER})})),
    "hello.docm": partial(build_word_macros, ThisDocument=HELLO),
    "by-hand.docm": partial(build_word_macros, Rates=BY_HAND),
    "stomped.docm": lambda: build_word(word__vbaProject_bin=build_stomped()),
    "altered.docm": lambda: build_word(word__vbaProject_bin=build_macros({"M": TOTALS}, {"M": write_compiled(9)})),
    "whole.docm": lambda: build_word(word__vbaProject_bin=build_macros({"M": TOTALS}, {"M": write_compiled(4)})),
    "totals.docm": partial(build_word_macros, Totals=TOTALS),
    "keeps-log.docm": partial(build_word_macros, ThisDocument=KEEPS_LOG),
    "reads-rates.docm": partial(build_word_macros, ThisDocument=READS_RATES),
    "saves-list.docm": partial(build_word_macros, Lists=SAVES_LIST),
    "rate.docm": partial(build_word_macros, Rates=RATE),
    "empty-modules.docm": partial(build_word_macros, ThisDocument=EMPTY_MODULE),
    "excel4-starts.xls": partial(build_excel4, starts=True),
    "excel4-exec.xls": partial(build_excel4, starts=False, number=110),
    "excel4-plain.xls": partial(build_excel4, starts=False),
    "excel4-exec.xlsm": partial(build_excel4_xml, 'EXEC("calc")'),
    "plain.xls": lambda: build_compound({"Workbook": build_workbook(write_sheet("Table"))}),
    "plain.docx": build_word,
    "table-of-contents.docx": lambda: build_word(write_field(" TOC \\o &quot;1-3&quot; ", "\\h ")),
    "dde-command.docx": lambda: build_word(
        write_field(" DDEAU", "TO c:\\\\Windows\\\\System32\\\\cmd.exe", " /k calc")
    ),
    "dde-command.xlsx": partial(build_external_link, "cmd", "/c calc"),
    "dde-command.csv": lambda: b"name,qty\n=cmd|'/C calc'!A0,2\n",
    "dde-quotes.xlsx": partial(build_external_link, "BLP", "M"),
    "dde-unknown.docx": lambda: build_word(write_field(" DDE myserver topic item ")),
    "prices.csv": lambda: b"name,qty\n-12|34,5\n=SUM(A1:A2),7\nanswer!,+49 30 901820\n",
    "remote-template.docx": partial(build_related, "attachedTemplate", "https://templates.example/x.dotm"),
    "remote-template.rtf": lambda: build_rtf_text("{\\*\\template https://templates.example/x.dotm}Offer"),
    "remote-add-in.docx": lambda: build_word(
        docProps__custom_xml=f'<p><property name="_AssemblyLocation"><lpwstr>{ADD_IN}</lpwstr></property></p>'
    ),
    "own-template.docx": partial(build_related, "attachedTemplate", "file:///C:\\Users\\ann\\Templates\\Letter.dotx"),
    "follina.docx": partial(build_related, "oleObject", "https://pages.example/index.html!"),
    "msdt.docx": partial(build_related, "hyperlink", "ms-msdt:/id PCWDiagnostic /skip force"),
    "runs-program.pptx": partial(build_related, "hyperlink", "powershell.exe%20-NoExit%20-c%20echo"),
    "runs-program.ppt": partial(build_slides, 2, "powershell.exe -NoExit -c echo"),
    "links-program.docx": partial(build_related, "hyperlink", "file:///\\\\files01\\tools\\setup.exe"),
    "remote-object.docx": partial(build_related, "oleObject", "https://files.example/table.doc"),
    "linked-table.docx": partial(build_related, "oleObject", "file:///C:\\Users\\ann\\Table.xlsx"),
    "share-object.docx": partial(build_related, "oleObject", "file:///\\\\203.0.113.9\\share\\a.docx"),
    "share-in-house.docx": partial(build_related, "attachedTemplate", "\\\\files01\\templates\\Letter.dotx"),
    "query.iqy": lambda: b"WEB\r\n1\r\nhttps://tables.example/data.php?e=nora\r\n",
    "web-picture.docx": partial(build_related, "image", "https://pictures.example/logo.png"),
    "web-links.docx": partial(build_related, "hyperlink", "https://woodwork.example/boards"),
    "program-inside.docx": partial(build_packaged, "invoice.exe", PROGRAM),
    "script-inside.doc": lambda: build_compound({"\x01Ole10Native": write_native("read me.vbs", b'MsgBox "x"\r\n')}),
    "script-inside.one": partial(build_onenote, ("open.bat", b"@echo hello\r\n")),
    "file-inside.docx": partial(build_packaged, "notes.txt", b"Bring the long ladder.\n"),
    "runs-own-file.doc": partial(build_linked_package, "C:\\Windows\\System32\\calc.exe"),
    "equation-exploit.doc": partial(build_equation, LONG_FONT),
    "equation-exploit.rtf": lambda: build_rtf(write_old_object("Equation.3", LONG_FONT), class_name="Equation.3"),
    "equation.doc": partial(build_equation, HONEST_EQUATION),
    "updating.rtf": lambda: build_rtf(
        write_old_object("Word.Document.8", b"x" * 40), "\\objemb\\objupdate", "Word.Document.8"
    ),
    "loads-at-once.rtf": lambda: build_rtf(
        write_old_object("OLE2Link", build_compound({"\x01Ole": LINK_TO_PAGE})),
        "\\objautlink\\objupdate",
        "Word.Document.8",
    ),
    "picture-inside.one": partial(build_onenote, ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(40))),
    "sheet-inside.docx": lambda: build_word(
        word__embeddings__Sheet1_xlsx=build_parts({"xl/workbook.xml": "<workbook/>"})
    ),
    "plain.rtf": lambda: build_rtf_text(
        "{\\info{\\author Ann}}Offer for {\\b boards}{\\field{\\*\\fldinst PAGE}{\\fldrslt 1}}"
    ),
    "locked.docx": lambda: build_locked("Zx9-nobody-knows"),
    "locked-told.docx": lambda: build_locked("boards-2025"),
    "open-lock.xlsx": lambda: build_locked("VelvetSweatshop"),
    "old-lock.xls": build_old_locked,
    "protected.xlsx": lambda: build_protected('<sheetProtection sheet="1" objects="1"/>'),
    "protected.xls": lambda: build_compound(
        {"Workbook": build_workbook(write_biff(0x12, b"\x01\x00"), write_sheet("Table"))}
    ),
    "concealed.xlsm": lambda: build_protected(
        '<sheetProtection sheet="1"/>', state="veryHidden", macros=build_macros({"M": TOTALS})
    ),
    "not-protected.xlsx": lambda: build_protected('<sheetProtection sheet="0" formatCells="0"/>'),
    "very-hidden.xlsm": lambda: build_protected("", state="veryHidden", macros=build_macros({"M": TOTALS})),
    "fetching.xlsx": lambda: build_parts(
        {
            "xl/workbook.xml": "<workbook/>",
            "xl/connections.xml": '<c xmlns="s"><connection id="1"><dbPr connection="DSN=stock"/></connection></c>',
        }
    ),
    "command-cell.xlsx": lambda: build_parts(
        {
            "xl/workbook.xml": "<workbook/>",
            "xl/worksheets/sheet1.xml": "<worksheet><c><f>cmd|'/c calc'!A0</f></c></worksheet>",
        }
    ),
    "letter.odt": lambda: build_open_document("<office:document-content/>"),
    "locked.odt": lambda: build_open_document(
        "x",
        **{"META-INF__manifest.xml": "<m:manifest xmlns:m='m'><m:encryption-data/></m:manifest>"},
    ),
    "locked-basic.odt": lambda: build_locked_open_document(
        "boards-2025", {"Basic/Standard/M.xml": f"<m>{escape(DROPPER)}</m>".encode()}
    ),
    "message-with-dropper.msg": lambda: build_outlook_message("offer.docm", build_word_macros(M=DROPPER)),
    "winmail.dat": lambda: build_tnef("offer.docm", build_word_macros(M=DROPPER)),
}
