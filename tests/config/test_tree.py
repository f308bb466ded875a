from gatepost.config.settings import Settings
from gatepost.config.tree import walk_settings
from gatepost.decide.settings import DecideSettings, ExceptionSettings
from gatepost.deliver.settings import DeliverSettings, RouteSettings
from gatepost.model.verdict import Action


def test_every_single_value_is_found_in_tables_and_lists_of_tables() -> None:
    exception = ExceptionSettings(name="bank", action=Action.DELIVER, sender="bank.example")
    settings = Settings(
        decide=DecideSettings(exceptions=(exception,)),
        deliver=DeliverSettings(routes={"a.example": RouteSettings(maildir="/m")}),
    )
    values = dict(walk_settings(settings))
    assert values["decide", "exceptions", 0, "sender"] == "bank.example"
    assert values["deliver", "routes", "a.example", "maildir"] == "/m"
    assert values["smtp", "listen"] == ("127.0.0.1:2525",)
    assert values["deliver", "smarthost"] is None
    assert values["decide", "findings"] == {}
