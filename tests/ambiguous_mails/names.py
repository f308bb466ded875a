"""Tricks with the names of files: in one reading the name ends in .exe, in another it does not, or there is none."""

from collections.abc import Iterator

from ambiguous_mails.payload import ENCODING, Payload, put

TYPE = b"Content-Type: application/octet-stream"
DISPOSITION = b"Content-Disposition: attachment"
PARAMETERS = {  # what may stand for `=file.exe` behind name or filename
    "plain": b"=file.exe",
    "quoted": b'="file.exe"',
    "single quotes": b"='file.exe'",
    "blank before =": b" =file.exe",
    "blank behind =": b"= file.exe",
    "fold before =": b"\r\n =file.exe",
    "fold behind =": b"=\r\n file.exe",
    "fold inside": b'="file.e\r\n xe"',
    "fold with a tab inside": b'="file.\r\n\texe"',
    "encoded word": b'="=?us-ascii?B?ZmlsZS5leGU=?="',
    "quoted word": b'="=?us-ascii?Q?file=2Eexe?="',
    "UTF-16": b'="=?utf-16le?B?ZgBpAGwAZQAuAGUAeABlAA==?="',
    "quote not closed": b'="file.exe',
    "quote inside": b'="file".exe',
    "quote inside quotes": b'="file\\".exe"',
    "semicolon": b"=file;.exe",
    "escaped semicolon": b"=file\\;.exe",
    "quoted semicolon": b'="file;.exe"',
    "2231": b"*=us-ascii''file.exe",
    "2231 without a charset": b"*=file.exe",
    "2231 escaped": b"*=''file.%65%78%65",
    "2231 in UTF-8": b"*=UTF-8''file%2Eexe",
    "comment behind": b"=file.exe(x)",
    "comment that poses": b"=file.exe(.gif)",
    "comment before =": b"(x)=file.exe",
}
PIECES = {  # continuations, in which {n} is name or filename
    "one piece": b"{n}*0=file.exe",
    "two pieces": b"{n}*0=file.; {n}*1=exe",
    "a gap": b"{n}*0=file.; {n}*2=exe",
    "a wide gap": b"{n}*0=file.; {n}*99999=exe",
    "from one": b"{n}*1=file.; {n}*2=exe",
    "out of order": b"{n}*1=exe; {n}*0=file.",
    "escaped pieces": b"{n}*0*=''file.; {n}*1*=%65%78%65",
    "mixed pieces": b"{n}*0*=''file%2E; {n}*1=exe",
}
INNOCENT = b"=file.png"


def write_names(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Give mails with one file, whose name is written in all these ways, also beside an innocent one."""
    body = ENCODING + b"base64\r\n\r\n" + Payload("", "", content).base64
    for where, field, parameter in (("type", TYPE, b"name"), ("disposition", DISPOSITION, b"filename")):
        for name, written in _write_forms(parameter):
            before = b"" if field is TYPE else TYPE + b"\r\n"
            harmless = parameter + INNOCENT
            yield f"{where}, {name}", put(before + field + b"; " + written + b"\r\n" + body)
            both = field + b"; " + harmless + b"; " + written + b"\r\n"
            yield f"{where}, {name}, behind another", put(before + both + body)
            twice = field + b"; " + harmless + b"\r\n" + field + b"; " + written + b"\r\n"
            yield f"{where}, {name}, in a second field", put(before + twice + body)
    for field in (b"Content-Description: ", b"Content-Location: ", b"Content-Name: "):
        yield field.decode(), put(TYPE + b"\r\n" + DISPOSITION + b"\r\n" + field + b"file.exe\r\n" + body)
    for one, other in ((b"=file.exe", INNOCENT), (INNOCENT, b"=file.exe")):
        head = TYPE + b"; name" + one + b"\r\n" + DISPOSITION + b"; filename" + other + b"\r\n"
        yield f"type {one.decode()}, disposition {other.decode()}", put(head + body)


def _write_forms(parameter: bytes) -> Iterator[tuple[str, bytes]]:
    for name, form in PARAMETERS.items():
        yield name, parameter + form
    for name, form in PIECES.items():
        yield name, form.replace(b"{n}", parameter)
