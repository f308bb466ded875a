import msgspec

from gatepost.config.settings import Settings
from gatepost.config.weak import find_weaknesses
from gatepost.decide.settings import DecideSettings, ExceptionSettings
from gatepost.deliver.settings import DeliverSettings, RouteSettings
from gatepost.model.verdict import Action
from gatepost.net.sandbox.settings import OpenSettings
from gatepost.net.settings import AntivirusSettings
from gatepost.screen.settings import ScreenSettings


def weak_paths(settings: Settings) -> list[tuple[str | int, ...]]:
    return [weak.path for weak in find_weaknesses(settings)]


def test_the_defaults_are_not_weak() -> None:
    assert weak_paths(Settings()) == []


def test_every_allow_that_is_on_is_found_however_deep() -> None:
    exception = ExceptionSettings(name="x", action=Action.DELIVER, allow_malware=True)
    settings = Settings(
        decide=DecideSettings(exceptions=(exception,)),
        deliver=DeliverSettings(routes={"a.example": RouteSettings(upstream="smtp://x", allow_plaintext=True)}),
    )
    assert weak_paths(settings) == [
        ("decide", "exceptions", 0, "allow_malware"),
        ("deliver", "routes", "a.example", "allow_plaintext"),
    ]


def test_switches_that_let_mail_through_are_found() -> None:
    settings = Settings(
        screen=ScreenSettings(enabled=False), decide=DecideSettings(shadow=True, not_judged=Action.DELIVER)
    )
    weaknesses = list(find_weaknesses(settings))
    assert [weak.path[-1] for weak in weaknesses] == ["enabled", "shadow", "not_judged"]
    assert all(weak.says for weak in weaknesses)
    assert weaknesses[2].describe("FILE:7") == (
        '[decide] not_judged = "deliver" (FILE:7): mail that could not be judged is delivered'
    )


def test_files_that_stay_closed_are_weak() -> None:
    assert weak_paths(Settings(open=OpenSettings(enabled=False))) == [("open", "enabled")]


def test_deferring_what_could_not_be_judged_is_not_weak() -> None:
    decide = msgspec.structs.replace(DecideSettings(), not_judged=Action.DEFER)
    assert weak_paths(Settings(decide=decide)) == []


def test_unscanned_mail_is_weak_only_where_there_is_an_antivirus() -> None:
    deciding = DecideSettings(not_scanned=Action.FLAG)
    with_one = Settings(decide=deciding, antivirus=AntivirusSettings(clamd="127.0.0.1:3310"))
    assert weak_paths(with_one) == [("decide", "not_scanned")]
    assert weak_paths(Settings(decide=deciding)) == []
