"""Runs one target under atheris until libFuzzer's limits end it: `python -m fuzz.drive TARGET FOLDER OPTIONS...`.

What an opener raised is told on standard error, each kind and place once, with the file that did it kept in FOLDER.
"""

import hashlib
import random
import sys
from pathlib import Path

from fuzz.mutations import INSIDE_SHARE, mutate_inside


class Caught:
    """What the desk would have caught: told once."""

    def __init__(self, folder: Path) -> None:
        self.content = b""  # that is read at the moment
        self._folder = folder
        self._told: set[tuple[str, str]] = set()

    def __call__(self, kind: str, place: str) -> None:
        if (kind, place) not in self._told:
            self._told.add((kind, place))
            name = f"caught-{kind}-{hashlib.sha256(self.content).hexdigest()[:12]}"
            (self._folder / name).write_bytes(self.content)
            sys.stderr.write(f"caught {kind} in {place}: {name}\n")


def main(name: str, folder: str, *options: str) -> None:
    """Fuzz; does not come back."""
    import atheris  # noqa: PLC0415 - nothing but this needs it, and not every machine has it

    with atheris.instrument_imports(include=["gatepost", "olefile", "msoffcrypto"]):
        from fuzz.targets import build_targets, run_timed  # noqa: PLC0415

    caught = Caught(Path(folder))
    target = build_targets(caught)[name]

    def run(content: bytes) -> None:
        caught.content = content
        run_timed(target, content)

    def mutate(content: bytes, most_bytes: int, seed: int) -> bytes:
        chooser = random.Random(seed)
        inside = mutate_inside(content, chooser) if chooser.random() < INSIDE_SHARE else None
        return bytes(atheris.Mutate(content, most_bytes)) if inside is None else inside[:most_bytes]

    atheris.Setup([sys.argv[0], *options], run, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
