"""Files made to be found: the EICAR test file, with which people test virus scanners, wherever it lies.

Source: EICAR's definition of its file: 68 bytes at the very start, and nothing but blanks behind them up to 128 bytes.
Trust: the content comes from a stranger.
Fails: never.
"""

from gatepost.message.attachments.desk import EVERY_KIND, Desk, File, Insides

OPENS = EVERY_KIND
MAX_EICAR_BYTES = 128

# Put together when loaded, so that no scanner takes this file, or its compiled form, for what it looks for.
_EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))


def look_inside(file: File, insides: Insides, desk: Desk) -> None:  # noqa: ARG001 - all openers are called alike
    """Note that a file is one of them; blanks before it are taken for an attempt to hide it."""
    if file.content[:MAX_EICAR_BYTES].lstrip().startswith(_EICAR):
        insides.note("signature.eicar")
