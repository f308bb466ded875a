"""Files without anything to them."""

import zipfile
from io import BytesIO


def build_zip(files: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


FILES = {
    "web-page.zip": lambda: build_zip(
        {"tools/menu.js": b"show(1);\n"} | {f"tools/page{number}.html": b"<p>Oak.</p>\n" for number in range(12)}
    ),
    "papers.zip": lambda: build_zip(
        {"offer/open.js": b"show(1);\n"} | {f"offer/page{number}.txt": b"Oak.\n" for number in range(12)}
    ),
    "endless.html": lambda: b"<p>Bring the long ladder.</p>\n" * 110_000,
    "long.html": lambda: b"<p>Bring the long ladder.</p>\n" * 80_000,
    "endless.txt": lambda: b"Bring the long ladder.\n" * 190_000,
    "notes.zip": lambda: build_zip({"notes.txt": b"Bring the long ladder.\n"}),
}
