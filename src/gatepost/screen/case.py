"""What a check gets to see: one mail with everything known about it, and the frozen kit of tables and settings."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from gatepost.feeds.shelf import NO_FEEDS, FeedShelf
from gatepost.message.message import Message
from gatepost.model.address import Domain
from gatepost.model.contents import NO_CONTENTS, Contents
from gatepost.model.envelope import Envelope
from gatepost.model.facts import NO_FACTS, Facts
from gatepost.model.finding import Feature, Finding
from gatepost.model.proof import Proof
from gatepost.screen.classifier.model import Classifier
from gatepost.screen.kind import Kind
from gatepost.screen.people import NOBODY, People
from gatepost.screen.rule_book import NO_RULE_BOOK, RuleBook
from gatepost.screen.settings import ScreenSettings
from gatepost.screen.tables import Tables


@dataclass(frozen=True, slots=True)
class Case:
    """One mail on the table."""

    message: Message
    envelope: Envelope
    proof: Proof
    own_domains: frozenset[Domain]  # the domains this gate receives for
    facts: Facts = NO_FACTS  # what lookups brought (screen/lookups/)
    contents: Contents = NO_CONTENTS  # what was found in the files that it carries


class Check(Protocol):
    """A module in screen/checks/.

    One that looks at opened files and at nothing else says `NEEDS_FILES = True`: other mail never waits for it.
    """

    KINDS: tuple[Kind, ...]  # everything it may find

    def examine(self, case: Case, kit: "Kit") -> Iterator[Finding | Feature]:
        """Yield what is seen in one mail."""
        ...


@dataclass(frozen=True, slots=True)
class LoadedCheck:
    """A check that is switched on; `name` is its module's, which the code of every finding starts with."""

    name: str
    examine: Callable[[Case, "Kit"], Iterator[Finding | Feature]]
    needs_files: bool = False  # where no file was opened, there is nothing for it to see


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything a check may use besides the case; built once, shared by all mails, never changed."""

    settings: ScreenSettings
    tables: Tables
    checks: tuple[LoadedCheck, ...]
    weights: Mapping[str, float]  # log-odds by code, with the operator's factors
    factors: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({})
    )  # the operator's, by check, where they are not 1
    classifier: Classifier | None = None  # None: the score is made of weights alone
    feeds: FeedShelf = NO_FEEDS  # lists of known bad URLs, domains and files: asked in memory, never over the network
    people: People = NOBODY  # whose names are protected
    rule_book: RuleBook = NO_RULE_BOOK  # YARA rules
