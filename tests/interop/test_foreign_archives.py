"""Archives and disks that foreign tools write, by each of their methods: it is found or told as unseen."""

import contextlib
import random
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive_cases import EICAR, open_file
from gatepost.message.attachments.opening import make_desk
from gatepost.model.contents import OpenedFile, Opening
from gatepost.model.file_kinds import ARCHIVES
from gatepost.model.ports import Keep
from interop.peers import require_files

pytestmark = pytest.mark.interop

_DICE = random.Random(4)
FILES: Mapping[str, bytes] = {
    "a.com": EICAR,
    "plan.txt": b"".join(b"%d: bring ladder %d\n" % (line, _DICE.randrange(10**6)) for line in range(2_000)),
    "photos/shelf.bin": _DICE.randbytes(20_000) + bytes(9_000) + _DICE.randbytes(300) * 30,
}
NAMES = " ".join(FILES)
PASSWORD = "Ladder-88"
FOUND, LOCKED, UNSEEN, VOLUME, UNKNOWN = "found", "locked", "unseen", "volume", "unknown"


@dataclass(frozen=True)
class Tool:
    """One way in which a tool packs: a shell command that writes $OUT, and what must come of it."""

    program: str
    command: str
    name: str  # of the file
    expected: str = FOUND
    password: str = ""
    more: str = ""  # another file that the command writes, which is opened instead


def _pack_7z(options: str, expected: str = FOUND, password: str = "") -> Tool:
    return Tool("/usr/bin/7zz", f"7zz a -bd {options} $OUT {NAMES}", "a.7z", expected, password)


def _pack_zip(options: str, expected: str = FOUND, password: str = "") -> Tool:
    return Tool("/usr/bin/7zz", f"7zz a -bd -tzip {options} $OUT {NAMES}", "a.zip", expected, password)


def _pack_tar(options: str, packer: str = "", ending: str = "", expected: str = FOUND) -> Tool:
    program, name = packer.partition(" ")[0] or "tar", f"a.tar{ending}"
    return Tool(f"/usr/bin/{program}", f"tar -c {options} {NAMES} | {packer or 'cat'} > $OUT", name, expected)


def _cut_7z(number: str) -> Tool:
    return Tool("/usr/bin/7zz", f"7zz a -bd -m0=copy -v9k $OUT {NAMES}", "a.7z", VOLUME, more=number)


def _pack_iso(options: str) -> Tool:
    return Tool("/usr/bin/genisoimage", f"genisoimage -quiet {options} -o $OUT .", "a.iso")


def _format_fat(options: str, size: str) -> Tool:
    command = f"truncate -s {size} $OUT && mkfs.fat {options} $OUT && mcopy -s -i $OUT a.com plan.txt photos ::"
    return Tool("/usr/bin/mcopy", command, "a.img")


def _make_self(options: str) -> Tool:
    return Tool("/usr/bin/makeself", f"makeself --quiet {options} . $OUT label ./a.com", "setup.run")


_METHODS = ("lzma", "lzma2", "ppmd", "bzip2", "deflate", "copy")
_ZIP_METHODS = ("copy", "deflate", "deflate64", "bzip2", "lzma", "ppmd", "xz")
_FILTERS = ("gzip", "bzip2", "xz", "zstd", "lz4", "lzip", "xz --format=lzma")
_WRITE_CONTROL = (
    "mkdir -p $OUT.d/DEBIAN; cp -r . $OUT.d/opt; printf '%s\\n' 'Package: p' 'Version: 1' 'Architecture: all'"
    " 'Maintainer: Ann <ann@woodwork.example>' 'Description: d' > $OUT.d/DEBIAN/control"
)
_ZIP_IT = f"zip -q $OUT.x.zip {NAMES}"
_LOCK = f"-p{PASSWORD}"
TOOLS: dict[str, Tool] = {
    **{f"7z, {method}": _pack_7z(f"-m0={method}") for method in _METHODS},
    **{f"7z, {method}, each alone": _pack_7z(f"-m0={method} -ms=off") for method in _METHODS},
    **{f"7z, {method}, locked": _pack_7z(f"-m0={method} {_LOCK}", FOUND, PASSWORD) for method in _METHODS},
    **{f"7z, filter {name}": _pack_7z(f"-mf={name}") for name in ("BCJ", "BCJ2", "Delta:2")},
    **{f"7z, filter {name}": _pack_7z(f"-m0={name} -m1=lzma", UNSEEN) for name in ("ARM64", "SWAP2")},
    "7z, filter BCJ2, locked": _pack_7z(f"-mf=BCJ2 {_LOCK}", FOUND, PASSWORD),
    "7z, filter BCJ2, no password": _pack_7z(f"-mf=BCJ2 {_LOCK}", LOCKED),
    "7z, deflate64": _pack_7z("-m0=deflate64", UNSEEN),
    "7z, names locked": _pack_7z(f"-mhe=on {_LOCK}", FOUND, PASSWORD),
    "7z, names locked, no password": _pack_7z(f"-mhe=on {_LOCK}", LOCKED),
    "7z, no password": _pack_7z(_LOCK, LOCKED),
    "7z, header as it is": _pack_7z("-mhc=off"),
    "7z, first of many volumes": _cut_7z(".001"),
    "7z, a later volume": _cut_7z(".003"),
    **{f"ZIP, {method}": _pack_zip(f"-mm={method}") for method in _ZIP_METHODS},
    **{
        f"ZIP, {method}, {lock}": _pack_zip(f"-mm={method} -mem={lock} {_LOCK}", FOUND, PASSWORD)
        for method in _ZIP_METHODS
        for lock in ("AES256", "ZipCrypto")
    },
    **{f"ZIP, {size}": _pack_zip(f"-mem={size} {_LOCK}", FOUND, PASSWORD) for size in ("AES128", "AES192")},
    "ZIP, no password": _pack_zip(f"-mem=AES256 {_LOCK}", LOCKED),
    **{
        f"Info-ZIP {options}": Tool("/usr/bin/zip", f"zip -q {options} $OUT {NAMES}", "b.zip")
        for options in ("-0", "-9", "-Z bzip2", "-fz", "-X", "-D", "-j")
    },
    "Info-ZIP, as a stream": Tool("/usr/bin/zip", f"zip -q - {NAMES} | cat > $OUT", "b.zip"),
    "Info-ZIP, locked": Tool("/usr/bin/zip", f"zip -q -P {PASSWORD} $OUT {NAMES}", "b.zip", FOUND, PASSWORD),
    "Info-ZIP, behind a program": Tool(
        "/usr/bin/zip", f"{_ZIP_IT}; cat /usr/bin/true $OUT.x.zip > $OUT; zip -q -A $OUT", "b.zip"
    ),
    "Info-ZIP, last volume": Tool("/usr/bin/zip", f"zip -q -0 -s 64k $OUT {NAMES}", "b.zip", VOLUME),
    **{f"tar, {form}": _pack_tar(f"--format={form}") for form in ("v7", "ustar", "pax", "gnu", "oldgnu")},
    **{f"tar, sparse {form}": _pack_tar(f"-S --format={form}") for form in ("gnu", "pax")},
    **{f"tar, {packer}": _pack_tar("--format=pax", packer, f".{packer[:3]}") for packer in _FILTERS},
    "tar, lzop": _pack_tar("", "lzop", ".lzo", UNKNOWN),
    "tar, lzip, many members": Tool(
        "/usr/bin/lzip",
        f"tar -cf $OUT.x {NAMES}; (head -c 40000 $OUT.x | lzip; tail -c +40001 $OUT.x | lzip) > $OUT",
        "a.tar.lz",
    ),
    "tar, by 7-Zip": Tool("/usr/bin/7zz", f"7zz a -bd -ttar $OUT {NAMES}", "a.tar"),
    "WIM, by 7-Zip": Tool("/usr/bin/7zz", f"7zz a -bd -twim $OUT {NAMES}", "a.wim", UNKNOWN),
    **{
        f"cpio, {form}": Tool("/usr/bin/cpio", f"find . -type f | cpio --quiet -o -H {form} > $OUT", "a.cpio")
        for form in ("bin", "odc", "newc", "crc", "tar", "ustar", "hpbin", "hpodc")
    },
    "Debian package": Tool("/usr/bin/dpkg-deb", f"{_WRITE_CONTROL}; dpkg-deb -b $OUT.d $OUT", "a.deb"),
    **{f"ARJ -m{method}": Tool("/usr/bin/arj", f"arj a -y -m{method} $OUT {NAMES}", "a.arj") for method in range(5)},
    **{
        f"ARJ -m{method}, locked": Tool("/usr/bin/arj", f"arj a -y -m{method} -g{PASSWORD} $OUT {NAMES}", "a.arj",
                                        FOUND, PASSWORD)
        for method in (0, 1, 4)
    },
    "ARJ, no password": Tool("/usr/bin/arj", f"arj a -y -g{PASSWORD} $OUT {NAMES}", "a.arj", LOCKED),
    "ARJ, a later volume": Tool("/usr/bin/arj", f"arj a -y -v30k $OUT {NAMES}; mv ${{OUT%.arj}}.a01 $OUT.a01", "v.arj",
                                VOLUME, more=".a01"),
    "CAB, stored": Tool("/usr/bin/gcab", f"gcab -c -n $OUT {NAMES}", "a.cab"),
    "CAB, MSZIP": Tool("/usr/bin/gcab", f"gcab -c -z $OUT {NAMES}", "a.cab"),
    **{
        f"ISO {options}": _pack_iso(options)
        for options in ("", "-J", "-R", "-J -R", "-udf", "-iso-level 3", "-iso-level 4", "-hfs", "-R -z", "-J -udf")
    },
    "FAT12": _format_fat("-F 12", "2M"),
    "FAT16": _format_fat("-F 16", "9M"),
    "FAT32": _format_fat("-F 32 -s 1", "34M"),
    "ext4": Tool("/usr/sbin/mke2fs", "mke2fs -q -t ext4 -d . $OUT 2M", "a.img", UNSEEN),
    **{f"makeself {options}": _make_self(options) for options in ("--gzip", "--bzip2", "--xz", "--nocomp", "--base64")},
    "shar": Tool("/usr/bin/uuencode", f"{_ZIP_IT}; shar -q -B $OUT.x.zip > $OUT", "a.shar"),
    "uuencode": Tool("/usr/bin/uuencode", f"{_ZIP_IT}; uuencode $OUT.x.zip b.zip > $OUT", "a.uue"),
    "uuencode -m": Tool("/usr/bin/uuencode", f"{_ZIP_IT}; uuencode -m $OUT.x.zip b.zip > $OUT", "a.uue"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("foreign")
    for name, content in FILES.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(content)
    return place


def pack(tool: Tool, folder: Path, out: Path) -> bytes:
    require_files(tool.program)
    done = subprocess.run(
        ["/bin/sh", "-c", tool.command], cwd=folder, capture_output=True, check=False,
        env={"OUT": str(out), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    )  # fmt: skip
    written = out.with_name(out.name + tool.more)
    assert written.exists(), done.stderr
    return written.read_bytes()


def tell(opened: OpenedFile) -> str:
    """Say in a word what became of an archive."""
    found = {file.content for file in opened.walk()}
    codes = {trait.code for trait in opened.traits}
    if found >= set(FILES.values()):
        return FOUND
    if opened.opening is Opening.LOCKED:
        return LOCKED
    if "archive.volumes" in codes:
        return VOLUME
    if "opening.unseen" in codes or "archive.not_opened" in codes:
        return UNSEEN
    return UNKNOWN if opened.opening is Opening.LEAF and opened.kind in ARCHIVES else "nothing"


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_what_a_foreign_tool_packs_is_opened_or_told(tool: Tool, folder: Path, tmp_path: Path) -> None:
    content = pack(tool, folder, tmp_path / tool.name)
    opened = open_file(content, tool.name + tool.more, passwords=(tool.password,) if tool.password else ())
    assert tell(opened) == tool.expected, opened


@pytest.mark.parametrize(("program", "command"), [
    ("/usr/bin/7zz", f"7zz a -bd -m0=copy -v9k $OUT.7z {NAMES}"),
    ("/usr/bin/7zz", f"7zz a -bd -tzip -v30k $OUT.zip {NAMES}"),
    ("/usr/bin/zip", f"zip -q -0 -s 64k $OUT.zip {NAMES}"),
], ids=["7z", "ZIP, by 7-Zip", "ZIP, by Info-ZIP"])  # fmt: skip
@pytest.mark.parametrize("is_turned", [False, True])
def test_volumes_that_come_in_one_mail_are_opened_as_one(
    program: str, command: str, folder: Path, tmp_path: Path, *, is_turned: bool
) -> None:
    with contextlib.suppress(AssertionError):  # there is no $OUT, only its volumes
        pack(Tool(program, command, ""), folder, tmp_path / "a")
    volumes = sorted(tmp_path.iterdir(), reverse=is_turned)
    desk = make_desk((), Keep.ALL)
    opened = [desk.open(str(number), volume.name, volume.read_bytes()) for number, volume in enumerate(volumes)]
    assert len(volumes) > 1
    assert {tell(each) for each in opened} == {VOLUME, FOUND}
