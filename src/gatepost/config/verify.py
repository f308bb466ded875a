"""Tries the settings out where only a part can see a mistake: names that are no domains, routes that lead nowhere.

Fails: BadSettings with one sentence for each mistake.
"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from ipaddress import ip_network

import msgspec

from gatepost.config.check import Mistake
from gatepost.config.lines import KeyPath
from gatepost.config.load import Configuration
from gatepost.config.settings import Settings
from gatepost.config.values import show_value
from gatepost.decide.policy import build_policy
from gatepost.decide.settings import DecideSettings
from gatepost.deliver.route import parse_routes
from gatepost.feeds.proofs import parse_public_key
from gatepost.flow.recipients import KnownAddresses
from gatepost.model.address import Domain
from gatepost.model.errors import BadSettings, TheirFault
from gatepost.net.name_servers import choose_servers
from gatepost.screen.kit import RULES_CHECK, build_kit
from gatepost.screen.rule_book import build_rule_book
from gatepost.screen.run import CHECK_FAILED, load_checks
from gatepost.screen.settings import CheckSettings, ScreenSettings, YaraSettings

_PARTS: tuple[tuple[KeyPath, Callable[[Settings], object]], ...] = (
    (("deliver",), lambda settings: parse_routes(settings.deliver)),
    (("decide",), lambda settings: build_policy(settings.decide)),
    (("screen",), lambda settings: build_kit(_without_rules(settings.screen))),
    (("screen", "yara", "folder"), lambda settings: _build_rules(settings.screen)),
    (("dns",), lambda settings: choose_servers(settings.dns)),
    (("recipients", "addresses"), lambda settings: KnownAddresses.parse(settings.recipients.addresses, "addresses")),
)


def verify_settings(configuration: Configuration) -> None:
    """Try every part; raise BadSettings with all mistakes."""
    configuration.refuse([*_try_values(configuration.settings), *_try_parts(configuration.settings)])


def _try_values(settings: Settings) -> Iterator[Mistake]:
    names = enumerate(settings.recipients.domains)
    networks = enumerate(settings.recipients.trusted_networks)
    yield from _try_value(("hostname",), settings.hostname, Domain.parse)
    for index, name in names:
        yield from _try_value(("recipients", "domains", index), name, Domain.parse)
    for index, network in networks:
        yield from _try_value(("recipients", "trusted_networks", index), network, ip_network)
    for index, name in enumerate(settings.feeds.never):
        yield from _try_value(("feeds", "never", index), name, Domain.parse)
    for name, feed in settings.feeds.lists.items():
        if feed.public_key:
            yield from _try_value(("feeds", "lists", name, "public_key"), feed.public_key, parse_public_key)
    for index, name in enumerate(settings.origin.trusted_sealers):
        yield from _try_value(("origin", "trusted_sealers", index), name, Domain.parse)
    yield from _try_findings(settings.decide)


def _try_findings(settings: DecideSettings) -> Iterator[Mistake]:
    """Look whether each finding that gets an action of its own is one: else the action would never be taken."""
    codes = [CHECK_FAILED.code, *(kind.code for check in load_checks().values() for kind in check.KINDS)]
    known = [*dict.fromkeys(code.partition(".")[0] + ".*" for code in codes), *codes]
    for name in settings.findings:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            remedy = f"did you mean {close[0]}?" if close else "`gatepost scan` shows them, docs/checks.md lists all"
            yield Mistake(("decide", "findings", name), f"names no finding; {remedy}")


def _build_rules(settings: ScreenSettings) -> None:
    if settings.checks.get(RULES_CHECK, CheckSettings()).enabled:
        build_rule_book(settings.yara)


def _without_rules(settings: ScreenSettings) -> ScreenSettings:
    return msgspec.structs.replace(settings, yara=YaraSettings(shipped=False))


def _try_value(path: KeyPath, value: str, parse: Callable[[str], object]) -> Iterator[Mistake]:
    try:
        parse(value)
    except (TheirFault, ValueError) as error:
        yield Mistake(path, f"cannot be {show_value(value)}: {error}")


def _try_parts(settings: Settings) -> Iterator[Mistake]:
    for path, build in _PARTS:
        try:
            build(settings)
        except BadSettings as error:
            yield Mistake(path, f"is wrong: {error.public}")
