"""Names of people: every way of writing one compares equal; and our people, whose names are protected.

Order, case, accents, look-alike letters, titles, initials and what stands beside the name make no difference:
"Lindqvist, Dr. Nora", "N0RA LINDQVIST (CEO)" and "Nora K. Lindqvist | Mill Street" are one name.

Trust: names come from a mail's author. Fails: BadSettings for a protected name that is no person's, or an address that
is none; never for what a mail holds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from gatepost.model.address import Address
from gatepost.model.errors import BadAddress, BadSettings
from gatepost.screen.settings import PersonSettings
from gatepost.screen.skeleton import blur, draw_latin

MAX_WORDS = 20
MIN_WORDS = 2  # one word is shared by too many
MAX_PIECES = 8
MAX_REMEMBERED = 2048

_TITLE_WORDS = (
    "mr mrs ms miss mx sir madam dr prof professor herr frau mag dipl ing phd md mba jr sr mme mlle monsieur madame"
    " dott sig senor senora sra dra ceo cfo cto coo cio ciso cso president vice director managing executive chief"
    " financial operating officer chairman chairwoman chairperson manager founder owner geschaftsfuhrer vorstand"
    " directeur direttore diretor presidente"
)
_OTHER_WORDS = (
    "account accounts admin alert alerts bank billing care center centre club company corp customer customers daemon"
    " delivery department desk digest events express family finance gmbh group help helpdesk inc info invoice it job"
    " jobs kundenservice list llc ltd mail mailer marketing membership news newsletter no noreply notification"
    " notifications office official online order orders payment payments postmaster press promo receipt receipts reply"
    " sales security service services shop store subscription subscriptions support system team technical the update"
    " updates via weekly"
)
_TITLES = frozenset(_TITLE_WORDS.split())
_NO_PERSON = frozenset(_OTHER_WORDS.split())
_HAN_TITLE = re.compile(
    "(?:先生|女士|小姐|太太|博士|教授|老师|老師|总经理|總經理|经理|經理|董事长|董事長|总裁|總裁|主任|主席|总监|總監|[总總])$"
)
_HAN_NO_PERSON = re.compile(
    "公司|有限|集团|集團|银行|銀行|客服|中心|服务|服務|通知|官方|系统|系統|团队|團隊|商城|平台|邮箱|郵箱|财务|財務|人事|行政|管理|会员|會員|订阅|訂閱|新闻|新聞"
)
_ONE_LETTER_WORDS = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff]")  # Hangul, kana, Han: no blanks within
_WORD = re.compile(r"[^\W_]+")
_PIECES = re.compile(r"\s[-–—/·]+\s|[|()\[\]<>,;:，；：（）【】「」]")

Name = tuple[str, ...]  # the words, each as it looks, in one order
NO_NAME: Name = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One of our people, whose name others may use to deceive; `addresses` are those that the person writes from."""

    name: str
    addresses: frozenset[str]  # as read_key gives them


@dataclass(frozen=True, slots=True)
class People:
    """All protected names."""

    by_name: Mapping[Name, Person]

    def find(self, shown_name: str) -> Person | None:
        """Give the person whom a sender's name names."""
        if not self.by_name:
            return None
        return next((person for name in list_names(shown_name) if (person := self.by_name.get(name))), None)


NOBODY = People(MappingProxyType({}))


def build_people(settings: Iterable[PersonSettings]) -> People:
    """Compile the settings; entries with the same name are one person. Raises BadSettings with the place."""
    people: dict[Name, Person] = {}
    for index, one in enumerate(settings):
        place = f"screen.people[{index}]"
        name = fold_person(one.name)
        if not name:
            raise BadSettings(f"{place}.name: {one.name!r} has only one word, which many people share; give it whole.")
        addresses = frozenset(_read_addresses(one, place))
        former = people.get(name)
        people[name] = Person(one.name, addresses | (former.addresses if former else frozenset()))
    return People(MappingProxyType(people))


def _read_addresses(person: PersonSettings, place: str) -> Iterator[str]:
    for address in person.addresses:
        try:
            yield Address.parse(address).key
        except BadAddress as error:
            raise BadSettings(f"{place}.addresses: {address!r} is not a mail address: {error.public}.") from error


def read_key(address: str) -> str:
    """Give the form by which spellings of one address compare equal; what is no address stays as it is.

    >>> read_key("Nora@Bücher.example"), read_key("no address")
    ('nora@xn--bcher-kva.example', 'no address')
    """
    try:
        return Address.parse(address).key
    except BadAddress:
        return address


def fold_person(text: str) -> Name:
    """Give the words of a person's name in one order; nothing where it is no full name.

    >>> fold_person("Lindqvist, Dr. Nora") == fold_person("ΝORA K. Lindqvíst") != ()
    True
    >>> fold_person("Nora"), fold_person("王小明先生") == fold_person("小明 王")
    ((), True)
    """
    return _fold(draw_latin(text))


@lru_cache(MAX_REMEMBERED)
def _fold(drawn: str) -> Name:
    words: list[str] = []
    for word in _WORD.findall(drawn)[:MAX_WORDS]:
        if _ONE_LETTER_WORDS.search(word):
            words += _HAN_TITLE.sub("", word)
        elif len(word) > 1 and word not in _TITLES:
            words.append(blur(word))
    return tuple(sorted(words[:MAX_WORDS])) if len(words) >= MIN_WORDS else NO_NAME


def list_names(shown_name: str) -> list[Name]:
    """Give the names that a sender's name may mean: the whole of it, and each of its pieces."""
    drawn = draw_latin(shown_name)
    pieces = [drawn, *_PIECES.split(drawn)[:MAX_PIECES]]
    return [name for name in dict.fromkeys(map(_fold, pieces)) if name]


def find_personal_name(shown_name: str) -> Name:
    """Give the name of the person that a sender's name shows; nothing where it is a department's or a firm's."""
    drawn = draw_latin(shown_name)
    if not _NO_PERSON.isdisjoint(_WORD.findall(drawn)) or _HAN_NO_PERSON.search(drawn):
        return NO_NAME
    return _fold(drawn)
