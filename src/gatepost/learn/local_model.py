"""The file of a model with a local correction: the parent's, its words corrected, and the parent's words kept beside.

So a correction never comes on top of another: the next one starts from the parent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gatepost.model.errors import BadSettings
from gatepost.screen.classifier.pack import Pack, parse_pack, read_pack, write_pack
from gatepost.screen.kit import NO_MODEL, find_default_model

LOCAL = "local"  # the part of the card that tells of the correction
WORDS, PARENT_WORDS = "words", "parent_words"
MARK = "-l"  # between the parent's version and the correction's
DIGEST_CHARS = 10


@dataclass(frozen=True, eq=False)
class Parent:
    """The model that is corrected, without any correction of before."""

    pack: Pack
    comes_with_gatepost: bool

    @property
    def version(self) -> str:
        """Give its version."""
        return str(self.pack.header["version"])

    @property
    def slope(self) -> float:
        """Give the factor that brings a sum to calibrated log-odds."""
        return float(self.pack.header["slope"])

    @property
    def words(self) -> npt.NDArray[np.float64]:
        """Give the weights of its words."""
        return np.asarray(self.pack.arrays[WORDS], dtype=np.float64)


def find_parent(model: str) -> Parent:
    """Give what is to be corrected where `[screen] model` says this; raise BadSettings where there is no model.

    For a local model that is its parent; the one that comes with gatepost is taken as it is today.
    """
    if model == NO_MODEL:
        raise BadSettings("[screen] model is none: there is no model to correct")
    shipped = read_pack(find_default_model())
    pack = read_pack(Path(model)) if model else shipped
    local = pack.header.get("card", {}).get(LOCAL)
    if local is None:
        return Parent(pack, pack.digest == shipped.digest)
    return (
        Parent(shipped, comes_with_gatepost=True) if local["came_with_gatepost"] else Parent(_undo(pack, local), False)
    )


def pack_corrected(parent: Parent, added: npt.NDArray[np.float64], told: Mapping[str, Any]) -> tuple[bytes, str]:
    """Give the bytes of the corrected model, and its version; `told` goes into its card."""
    pack = parent.pack
    words = (parent.words + added).astype(np.float16)
    arrays = {**pack.arrays, WORDS: words, PARENT_WORDS: pack.arrays[WORDS]}
    local = {**told, "parent": parent.version, "parent_sha256": pack.digest}
    local["came_with_gatepost"] = parent.comes_with_gatepost
    header = {**pack.header, "card": {**pack.header.get("card", {}), LOCAL: local}}
    digest = parse_pack(memoryview(write_pack(header, arrays)), "the new model").digest
    version = f"{parent.version}{MARK}{digest[:DIGEST_CHARS]}"
    return write_pack({**header, "version": version}, arrays), version


def _undo(pack: Pack, local: Mapping[str, Any]) -> Pack:
    arrays = {name: array for name, array in pack.arrays.items() if name != PARENT_WORDS}
    arrays[WORDS] = pack.arrays[PARENT_WORDS]
    card = {name: value for name, value in pack.header["card"].items() if name != LOCAL}
    header = {**pack.header, "version": local["parent"], "card": card}
    return parse_pack(memoryview(write_pack(header, arrays)), "the parent")
