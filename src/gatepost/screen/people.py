"""Names of people: every way of writing one compares equal; and our people, whose names are protected.

Order, case, accents, look-alike and invisible letters, titles, initials and what stands beside the name make no
difference: "Lindqvist, Dr. Nora", "N0RA LINDQVIST (CEO)" and "Nora K. Lindqvist | Mill Street" are one name. A long
name is known also where its letters are set apart, or its words together.

Trust: names come from a mail's author. Fails: BadSettings for a protected name that is no person's, or an address that
is none; never for what a mail holds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from types import MappingProxyType

from gatepost.model.address import Address
from gatepost.model.errors import BadAddress, BadSettings
from gatepost.screen.settings import PersonSettings
from gatepost.screen.skeleton import blur, draw_latin

MAX_CHARS = 20_000  # of a shown name, before what is invisible in it is taken away
MAX_WORDS = 40
MIN_WORDS = 2  # one word is shared by too many
MAX_PIECES = 8
MIN_JOINED_CHARS = 10  # a shorter name written in one is a word of its own: "Li Na" is not "Lina"
MAX_JOINED_WORDS = 4
MAX_REMEMBERED = 2048

_TITLE_WORDS = (
    "mr mrs ms miss mx sir madam dr prof professor herr frau mag dipl ing phd md mba jr sr mme mlle monsieur madame"
    " dott sig senor senora sra dra ceo cfo cto coo cio ciso cso president vice director managing executive chief"
    " financial operating officer chairman chairwoman chairperson manager founder owner geschaftsfuhrer vorstand"
    " directeur direttore diretor presidente geschaftsfuhrerin vorsitzende vorsitzender chair"
)
_OTHER_WORDS = (
    "account accounts admin alert alerts bank billing care center centre club company corp customer customers daemon"
    " delivery department desk digest events express family finance gmbh group help helpdesk inc info invoice it job"
    " jobs kundenservice list llc ltd mail mailer marketing membership news newsletter no noreply notification"
    " notifications office official online order orders payment payments postmaster press promo receipt receipts reply"
    " sales security service services shop store subscription subscriptions support system team technical the update"
    " updates via weekly"
)
_LIGATURES = (("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("ae", "a"), ("oe", "o"), ("ue", "u"))
_NO_PERSON = frozenset(_OTHER_WORDS.split())
_OFFICES = (
    "总经理 總經理 经理 經理 董事长 董事長 董事 总裁 總裁 主任 主席 财务总监 財務總監 总监 總監 教授 博士 老师"
    " 老師 先生 女士 小姐 太太 社長 会長 部長 課長 専務 常務 取締役 代表 대표이사 대표 사장 회장 부장 과장 차장 팀장"
    " 이사 전무 상무 교수 박사"
)
_SHORT_OFFICES = "总 總 兼 様 さん 氏 님 씨"
_HAN_NO_PERSON = re.compile(
    "公司|有限|集团|集團|银行|銀行|客服|中心|服务|服務|通知|官方|系统|系統|团队|團隊|商城|平台|邮箱|郵箱|财务|財務|人事|行政|管理|会员|會員|订阅|訂閱|新闻|新聞"
)
_ONE_LETTER_WORDS = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff]")  # Hangul, kana, Han: no blanks within
_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_APOSTROPHE = re.compile(r"(?<=\w)['`´‘’ʼ](?=\w)")
_PIECES = re.compile(r"\s[-–—/·]+\s|[|()\[\]<>,;:，；：（）【】「」]")

_ASIDE = re.compile(r"""["“”'‘«(\[（【「][^"“”'’»)\]）】」]{0,40}["“”'’»)\]）】」]""")
_HAN_RUN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff]+")

Name = tuple[str, ...]  # the words, each as it looks, in one order
NO_NAME: Name = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One of our people, whose name others may use to deceive; `addresses` are those that the person writes from."""

    name: str
    addresses: frozenset[str]  # as read_key gives them


@dataclass(frozen=True, slots=True)
class People:
    """All protected names; `by_letters` are the long ones with their words set together, in every order."""

    by_name: Mapping[Name, Person]
    by_letters: Mapping[str, Person]

    def find(self, shown_name: str) -> Person | None:
        """Give the person whom a sender's name names."""
        if not self.by_name:
            return None
        pieces = _split_name(shown_name)
        named = (self.by_name.get(_fold(piece)) or self.by_letters.get(_join(piece)) for piece in pieces)
        return next((person for person in named if person), None)


NOBODY = People(MappingProxyType({}), MappingProxyType({}))


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
    letters = {joined: person for name, person in people.items() for joined in _list_joined(name)}
    return People(MappingProxyType(people), MappingProxyType(letters))


def _list_joined(name: Name) -> Iterator[str]:
    if len(name) <= MAX_JOINED_WORDS and len("".join(name)) >= MIN_JOINED_CHARS:
        yield from (blur("".join(words)) for words in permutations(name))


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
    return _fold(_draw(text))


def _draw(text: str) -> str:
    """Write a name as it looks, without what nobody sees of it."""
    seen = _APOSTROPHE.sub("", _INVISIBLE.sub("", text[:MAX_CHARS]))
    drawn = draw_latin(" ".join(seen.split()))
    return drawn if drawn.isascii() else _replace_ligatures(drawn)


@lru_cache(MAX_REMEMBERED)
def _fold(drawn: str) -> Name:
    words = [blur(word) for word in _list_words(drawn) if len(word) > 1 or _ONE_LETTER_WORDS.match(word)]
    return tuple(sorted(words[:MAX_WORDS])) if len(words) >= MIN_WORDS else NO_NAME


def _join(drawn: str) -> str:
    return blur("".join(_list_words(drawn)))


def _list_words(drawn: str) -> list[str]:
    """Give the words of a name without titles; of scripts that need no blanks, each letter."""
    words: list[str] = []
    for word in _WORD.findall(drawn)[:MAX_WORDS]:
        if _ONE_LETTER_WORDS.search(word):
            words += _OFFICE_BEFORE.sub("", _OFFICE_BEHIND.sub("", word))
        elif (plain := _replace_ligatures(word)) not in _TITLES:
            words.append(plain)
    return words


def _replace_ligatures(word: str) -> str:
    """Write letters alike that people write in one or in two: Müller and Mueller.

    >>> _replace_ligatures("groß"), _replace_ligatures("mueller")
    ('gross', 'muller')
    """
    for pair, letter in _LIGATURES:
        word = word.replace(pair, letter)
    return word


def list_names(shown_name: str) -> list[Name]:
    """Give the names that a sender's name may mean: the whole of it, and each of its pieces."""
    return [name for name in dict.fromkeys(map(_fold, _split_name(shown_name))) if name]


def _split_name(shown_name: str) -> list[str]:
    drawn = _draw(shown_name)
    pieces = [drawn, *[piece for piece in _PIECES.split(drawn) if piece.strip()][:MAX_PIECES]]
    pieces.append(_ASIDE.sub(" ", drawn))  # Nora "Nori" Lindqvist
    if not drawn.isascii():  # 王小明 Wang Xiaoming
        pieces += [" ".join(_HAN_RUN.findall(drawn)), _HAN_RUN.sub(" ", drawn)]
    return list(dict.fromkeys(pieces))


def find_personal_name(shown_name: str) -> Name:
    """Give the name of the person that a sender's name shows; nothing where it is a department's or a firm's."""
    drawn = _draw(shown_name)
    if not _NO_PERSON.isdisjoint(_WORD.findall(drawn)) or _HAN_NO_PERSON.search(drawn):
        return NO_NAME
    return _fold(drawn)


_TITLES = frozenset(map(_replace_ligatures, _TITLE_WORDS.split()))
_OFFICE_BEHIND = re.compile(f"(?:{'|'.join(map(draw_latin, f'{_OFFICES} {_SHORT_OFFICES}'.split()))})+$")
_OFFICE_BEFORE = re.compile(f"^(?:{'|'.join(map(draw_latin, _OFFICES.split()))})+")
