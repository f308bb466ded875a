"""What a file really is, by its content; the words that openers, checks and people share."""

import enum


class FileKind(enum.StrEnum):
    """The kind of a file; the value is what people and JSON see."""

    UNKNOWN = "unknown"
    EMPTY = "empty"
    TEXT = "text"
    # Archives
    ZIP = "zip"
    SEVEN_ZIP = "7z"
    RAR = "rar"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"
    LZ4 = "lz4"
    COMPRESS = "compress"  # .Z
    CAB = "cab"
    ISO = "iso"
    UDF = "udf"
    CPIO = "cpio"
    AR = "ar"
    LHA = "lha"
    ARJ = "arj"
    ACE = "ace"
    XAR = "xar"
    LZIP = "lzip"
    LZMA = "lzma"
    LZOP = "lzop"
    RPM = "rpm"
    MS_COMPRESS = "ms-compress"  # SZDD and KWAJ: .ex_, .dl_
    MAC_FILE = "mac-file"  # two forks in one: AppleSingle, AppleDouble, MacBinary
    OTHER_ARCHIVE = (
        "other-archive"  # known, and opened by nothing here: StuffIt, ALZ, EGG, WIM, InstallShield, Apple Archive ...
    )
    # Disk images that systems mount
    VHD = "vhd"
    VHDX = "vhdx"
    VMDK = "vmdk"
    DMG = "dmg"
    DISK_IMAGE = "disk-image"  # a partition table or a file system: .img
    # Documents
    OOXML = "ooxml"  # .docx, .xlsx, .pptx and their macro forms
    OPEN_DOCUMENT = "open-document"
    EPUB = "epub"
    OLE = "ole"  # a compound file: old Office, and whatever else uses that container
    WORKBOOK_STREAM = "workbook-stream"  # a sheet or workbook of Excel without its container, as Excel 2 to 4 wrote it
    OUTLOOK_MESSAGE = "outlook-message"  # .msg
    OFFICE_XML = "office-xml"  # Word 2003 XML, Excel 2003 XML, Flat OPC
    ACTIVE_MIME = "active-mime"  # macros of a document that was saved as a page: editdata.mso
    RTF = "rtf"
    ONENOTE = "onenote"
    PDF = "pdf"
    POSTSCRIPT = "postscript"
    TNEF = "tnef"  # winmail.dat
    MAIL = "mail"
    CSV = "csv"
    SPREADSHEET_LINK = "spreadsheet-link"  # .iqy, .slk
    # What a browser or a reader's program shows
    HTML = "html"
    MHTML = "mhtml"
    SVG = "svg"
    XML = "xml"
    CALENDAR = "calendar"
    CONTACT = "contact"
    # Pictures and sound
    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    BMP = "bmp"
    WEBP = "webp"
    TIFF = "tiff"
    ICO = "ico"
    HEIC = "heic"
    AUDIO = "audio"
    VIDEO = "video"
    # What a system runs
    PE = "pe"  # Windows: .exe, .dll, .scr
    DOS_PROGRAM = "dos-program"
    ELF = "elf"
    MACH_O = "mach-o"
    JAVA_CLASS = "java-class"
    JAR = "jar"
    APK = "apk"
    WASM = "wasm"
    WINDOWS_INSTALLER = "windows-installer"  # .msi
    APP_PACKAGE = "app-package"  # .appx, .msix
    SCRIPT = "script"  # of any system: batch, PowerShell, JScript, VBScript, shell, Python, HTA ...
    SHORTCUT = "shortcut"  # .lnk
    INTERNET_SHORTCUT = "internet-shortcut"  # .url, .webloc, .desktop
    HELP = "help"  # .chm
    REGISTRY = "registry"  # .reg
    FONT = "font"
    # Keys and messages that nobody but the reader can open
    PGP = "pgp"
    SMIME = "smime"
    CERTIFICATE = "certificate"


PROGRAMS = frozenset(
    {
        FileKind.PE, FileKind.DOS_PROGRAM, FileKind.ELF, FileKind.MACH_O, FileKind.JAVA_CLASS, FileKind.JAR,
        FileKind.APK, FileKind.WINDOWS_INSTALLER, FileKind.APP_PACKAGE, FileKind.SCRIPT, FileKind.SHORTCUT,
        FileKind.HELP, FileKind.REGISTRY,
    }
)  # fmt: skip
ARCHIVES = frozenset(
    {
        FileKind.ZIP, FileKind.SEVEN_ZIP, FileKind.RAR, FileKind.TAR, FileKind.GZIP, FileKind.BZIP2, FileKind.XZ,
        FileKind.ZSTD, FileKind.LZ4, FileKind.COMPRESS, FileKind.CAB, FileKind.ISO, FileKind.UDF, FileKind.CPIO,
        FileKind.AR, FileKind.LHA, FileKind.ARJ, FileKind.ACE, FileKind.XAR, FileKind.LZIP, FileKind.LZMA,
        FileKind.LZOP, FileKind.RPM, FileKind.MS_COMPRESS, FileKind.OTHER_ARCHIVE,
    }
)  # fmt: skip
IMAGES = frozenset(
    {
        FileKind.PNG, FileKind.JPEG, FileKind.GIF, FileKind.BMP, FileKind.WEBP, FileKind.TIFF, FileKind.ICO,
        FileKind.HEIC,
    }
)  # fmt: skip
