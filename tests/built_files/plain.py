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
    "notes.zip": lambda: build_zip({"notes.txt": b"Bring the long ladder.\n"}),
}
