"""What the tests of the corpora share: the default kit and policy, and how a case on disk becomes a mail."""

from functools import cache

from gatepost.decide.policy import Policy, build_policy
from gatepost.decide.settings import DecideSettings
from gatepost.screen.case import Kit
from gatepost.screen.kit import build_kit
from gatepost.screen.settings import ScreenSettings


@cache
def build_tools() -> tuple[Kit, Policy]:
    """Give the kit and the policy of an operator who has set nothing."""
    return build_kit(ScreenSettings()), build_policy(DecideSettings())


def write_bytes(raw: bytes) -> bytes:
    """Give the lines of a case their CRLF, then put in what stands for single bytes."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return raw.replace(b"{{NUL}}", b"\0").replace(b"{{CR}}", b"\r").replace(b"{{LF}}", b"\n")
