"""What the tests of the corpora share: the default kit and policy, and how a case on disk becomes a mail."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from feed_builders import fill_shelf
from gatepost.decide.policy import Policy, build_policy
from gatepost.decide.settings import DecideSettings
from gatepost.feeds.settings import Threat
from gatepost.screen.case import Kit
from gatepost.screen.guarded import gather_guard
from gatepost.screen.kit import build_kit
from gatepost.screen.settings import ScreenSettings

LISTS = Path(__file__).parent / "corpus" / "lists"


@cache
def build_tools() -> tuple[Kit, Policy]:
    """Give the kit and the policy of an operator who has set nothing but two lists, those in tests/corpus/lists."""
    kit = build_kit(ScreenSettings())
    texts = {(threat.value, threat): (LISTS / f"{threat.value}.txt").read_text("utf-8") for threat in Threat}
    with tempfile.TemporaryDirectory() as folder:
        shelf = fill_shelf(Path(folder), texts, gather_guard(kit.tables, ()))
    return replace(kit, feeds=shelf), build_policy(DecideSettings())


def write_bytes(raw: bytes) -> bytes:
    """Give the lines of a case their CRLF, then put in what stands for single bytes."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return raw.replace(b"{{NUL}}", b"\0").replace(b"{{CR}}", b"\r").replace(b"{{LF}}", b"\n")
