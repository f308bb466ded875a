"""Build the kit that all mails are screened with: tables from the package, checks and their weights by the settings.

Fails: BadSettings where a setting names a check that does not exist, a brand's domain that is none, a file that is no
model, or a folder with YARA rules that cannot be used.
"""

from importlib import resources
from pathlib import Path
from types import MappingProxyType

from gatepost.model.address import Domain
from gatepost.model.errors import BadAddress, BadSettings
from gatepost.screen.case import Kit, LoadedCheck
from gatepost.screen.classifier.model import Classifier, load_classifier
from gatepost.screen.people import build_people
from gatepost.screen.rule_book import NO_RULE_BOOK, build_rule_book
from gatepost.screen.run import load_checks
from gatepost.screen.settings import CheckSettings, ScreenSettings
from gatepost.screen.tables import load_tables

NO_MODEL = "none"
RULES_CHECK = "yara_rule"


def build_kit(settings: ScreenSettings) -> Kit:
    """Load tables, checks and the model (about 60 ms; once for each process)."""
    modules = load_checks()
    for name in settings.checks:
        if name not in modules:
            raise BadSettings(f"screen.checks.{name}: there is no such check; known are {', '.join(modules)}.")
    _check_brands(settings)
    chosen = {name: settings.checks.get(name, CheckSettings()) for name in modules}
    return Kit(
        settings=settings,
        tables=load_tables(settings.brands),
        checks=tuple(
            LoadedCheck(name, modules[name].examine, needs_files=getattr(modules[name], "NEEDS_FILES", False))
            for name in modules
            if chosen[name].enabled
        ),
        weights=MappingProxyType(
            {kind.code: kind.weight * chosen[name].weight for name in modules for kind in modules[name].KINDS}
        ),
        factors=MappingProxyType({name: one.weight for name, one in chosen.items() if one.weight != 1}),
        classifier=open_classifier(settings.model),
        people=build_people(settings.people),
        rule_book=build_rule_book(settings.yara) if chosen[RULES_CHECK].enabled else NO_RULE_BOOK,
    )


def open_classifier(model: str) -> Classifier | None:
    """Load the model that `[screen] model` names."""
    if model == NO_MODEL:
        return None
    return load_classifier(Path(model) if model else find_default_model())


def find_default_model() -> Path:
    """Give the place of the model that comes with gatepost."""
    return Path(str(resources.files("gatepost.screen") / "data" / "model.gpm"))


def _check_brands(settings: ScreenSettings) -> None:
    for index, brand in enumerate(settings.brands):
        for domain in brand.domains:
            try:
                Domain.parse(domain)
            except BadAddress as error:
                place = f"screen.brands[{index}].domains ({brand.name})"
                raise BadSettings(f"{place}: {domain!r} is not a domain: {error.public}.") from error
