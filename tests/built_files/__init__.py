"""Files of hostile and of honest kinds, built by tests when they are needed: nothing of the kind lies in a checkout.

Each module of this folder has `FILES`, a table of names and builders; `{{FILE name}}` in a mail of tests/corpus stands
for the base64 of that file.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache


@cache
def load_builders() -> Mapping[str, Callable[[], bytes]]:
    builders: dict[str, Callable[[], bytes]] = {}
    for module in pkgutil.iter_modules(__path__):
        found = importlib.import_module(f"{__name__}.{module.name}").FILES
        assert builders.keys().isdisjoint(found), f"a name of {module.name} is taken"
        builders.update(found)
    return builders


@cache
def build_file(name: str) -> bytes:
    return load_builders()[name]()
