"""Settings in force that weaken gatepost: they are named `allow_*`, and they are told at every start."""

from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.config.lines import KeyPath
from gatepost.config.settings import Settings
from gatepost.config.tree import walk_settings
from gatepost.config.values import name_setting, show_value
from gatepost.model.verdict import Action


@dataclass(frozen=True, slots=True)
class Weakness:
    """One setting in force that lets something through: `says` tells what, "" where the name tells it."""

    path: KeyPath
    value: object
    says: str

    def describe(self, place: str = "") -> str:
        """Write it as the settings file has it, and what it does; `place` tells where it stands."""
        setting = f"{name_setting(self.path)} = {show_value(self.value)}"
        return setting + (f" ({place})" if place else "") + (f": {self.says}" if self.says else "")


def find_weaknesses(settings: Settings) -> Iterator[Weakness]:
    """Give the switches that let mail in unseen or unstopped, and every `allow_*` that is on."""
    if not settings.screen.enabled:
        yield Weakness(("screen", "enabled"), False, "screening is off: all mail is let in unseen")
    if not settings.open.enabled:
        yield Weakness(("open", "enabled"), False, "what mails carry is not opened: only names of files are judged")
    if settings.decide.shadow:
        yield Weakness(("decide", "shadow"), True, "shadow mode: everything is judged, and everything is delivered")
    if settings.decide.not_judged in {Action.DELIVER, Action.FLAG}:
        yield Weakness(
            ("decide", "not_judged"), settings.decide.not_judged, "mail that could not be judged is delivered"
        )
    if settings.antivirus.clamd and settings.decide.not_scanned in {Action.DELIVER, Action.FLAG}:
        yield Weakness(
            ("decide", "not_scanned"),
            settings.decide.not_scanned,
            "mail is delivered unscanned while the antivirus does not answer",
        )
    for path, value in walk_settings(settings):
        if value and any(str(part).startswith("allow_") for part in path):
            yield Weakness(path, value, "")
