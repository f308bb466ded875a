"""gatepost: one guarded gate for mail interfaces. The library's face: Scanner, scan, Report.

They are loaded when first asked for, so that parts of gatepost can be imported without the whole.
"""

import importlib
from typing import TYPE_CHECKING

__all__ = ["Report", "Scanner", "scan"]

if TYPE_CHECKING:
    from gatepost.scanner import Report, Scanner, scan
else:  # hidden from type checkers, which would take every misspelt name for real

    def __getattr__(name: str) -> object:
        if name in __all__:
            return getattr(importlib.import_module("gatepost.scanner"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
