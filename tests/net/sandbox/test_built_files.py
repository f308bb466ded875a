"""Every file of the corpus is read behind all locks of the sandbox as without them: no library misses a file there."""

from collections.abc import Iterator

import pytest

from built_files import load_builders
from gatepost.message.attachments.opening import open_files
from gatepost.model.contents import Contents
from gatepost.model.ports import FileToOpen, OpenOrder
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.net.sandbox.settings import OpenSettings


@pytest.fixture(scope="module")
def real() -> Iterator[Sandbox]:
    one = Sandbox(OpenSettings(children=1))
    yield one
    one.close()


def tell(contents: Contents) -> list[tuple[object, ...]]:
    return [(file.path, file.kind, file.opening, file.traits, file.links) for file in contents.walk()]


@pytest.mark.parametrize("name", load_builders())
def test_a_file_holds_the_same_behind_all_locks(real: Sandbox, name: str) -> None:
    order = OpenOrder((FileToOpen("1", name, load_builders()[name](), ""),), ("tulip",))
    assert tell(real.open(order)) == tell(open_files(order))
