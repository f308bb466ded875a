"""Build the kit that all mails are screened with: tables from the package, checks and their weights by the settings.

Fails: BadSettings where a setting names a check that does not exist, or a brand's domain that is none.
"""

from types import MappingProxyType

from gatepost.model.address import Domain
from gatepost.model.errors import BadAddress, BadSettings
from gatepost.screen.case import Kit, LoadedCheck
from gatepost.screen.run import load_checks
from gatepost.screen.settings import CheckSettings, ScreenSettings
from gatepost.screen.tables import load_tables


def build_kit(settings: ScreenSettings) -> Kit:
    """Load tables and checks (about 50 ms; once for each process)."""
    modules = load_checks()
    for name in settings.checks:
        if name not in modules:
            raise BadSettings(f"screen.checks.{name}: there is no such check; known are {', '.join(modules)}.")
    _check_brands(settings)
    chosen = {name: settings.checks.get(name, CheckSettings()) for name in modules}
    return Kit(
        settings=settings,
        tables=load_tables(settings.brands),
        checks=tuple(LoadedCheck(name, modules[name].examine) for name in modules if chosen[name].enabled),
        weights=MappingProxyType(
            {kind.code: kind.weight * chosen[name].weight for name in modules for kind in modules[name].KINDS}
        ),
    )


def _check_brands(settings: ScreenSettings) -> None:
    for index, brand in enumerate(settings.brands):
        for domain in brand.domains:
            try:
                Domain.parse(domain)
            except BadAddress as error:
                place = f"screen.brands[{index}].domains ({brand.name})"
                raise BadSettings(f"{place}: {domain!r} is not a domain: {error.public}.") from error
