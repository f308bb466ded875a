"""Who sends a made mail, and where its links and pictures lead: honest senders, and those who pose as them.

Invented names are put together from syllables; they may exist by chance, which no mail of ours ever reaches. Known
organisations come from the table of brands that the checks use.
"""

import random
import re
from dataclasses import dataclass, field

from gatepost.screen.tables import Brand, Tables

_HEADS = "nor|bel|cal|dun|ever|fern|gran|hal|ivo|juni|kes|lum|mar|nova|oak|pen|quill|river|sol|tam|ultra|vel|wes|xan|yar|zen|blue|red|green|open|bright|clear|swift|north|east"
_TAILS = "ton|ware|wind|gate|field|ly|ora|ix|mont|stead|well|path|flow|craft|works|port|dale|ex|ica|line|bank|shop|soft|care|mart|press|media|labs|air|tel"
_SUFFIXES = "com|com|com|com|org|net|io|co|co.uk|de|fr|com.au|com.br|cn|com.cn|jp|co.jp|es|it|nl|eu|ca|app|dev|edu|shop|ai|us|in"
_CHEAP = "top|xyz|click|online|site|shop|icu|buzz|info|live|cfd|sbs|ru|pw|store|fun|club|com|com|com.br|net|co.za|in|id|ng|cn"
_CLICKS = (  # click counters of mailers, by which honest mail leads to its sender's pages
    "u{n}.ct.sendgrid.net/ls/click?upn={t}",
    "{w}.us{d}.list-manage.com/track/click?u={t}&id={h}",
    "click.{domain}/?qs={t}",
    "links.{domain}/e/c/{t}",
    "email.{domain}/c/{t}",
    "url{n4}.{domain}/ls/click?upn={t}",
    "track.hubspotlinks.com/Ctc/{t}",
    "{w}.mjt.lu/lnk/{t}",
    "trk.klclick.com/ls/click?upn={t}",
    "t.{domain}/r/?id={h},{h}",
    "{w}.awstrack.me/L0/https:%2F%2F{domain}%2F/1/{t}",
)
_PAGES = "|account|orders|order/{n}|help|settings/notifications|unsubscribe?u={h}|blog/{w}|products/{w}|legal/privacy|login|reset?token={t}|verify/{t}|invoice/{n}|p/{w}|events/{n}|track/{n}|support|about|preferences?id={h}"
_LURES = "|login|verify|secure/|wp-content/plugins/{w}/|wp-includes/{w}/index.php|{t}|?e={mail}|#{mail}|{w}/{w}.html|account/update|r/{h}|go.php?id={n}|auth/session/{h}|{w}|cl/{n}_md/{n}/{n}/{n}|track?{t}|index.php?{h}|signin.html"
_MAILBOXES = ("gmail.com", "outlook.com", "hotmail.com", "163.com", "qq.com")
_OPEN = (
    *(
        "{w}-{w}.web.app",
        "{w}{n}.pages.dev",
        "{w}.weebly.com",
        "{w}-{n}.herokuapp.com",
        "{w}.blogspot.com",
        "{w}.vercel.app",
    ),
    *(
        "storage.googleapis.com/{w}{n}",
        "forms.gle/{h}",
        "sites.google.com/view/{w}",
        "s3.amazonaws.com/{w}{n}",
        "{w}.wixsite.com/{w}",
    ),
    *(
        "docs.google.com/forms/d/{t}",
        "{w}.azurewebsites.net",
        "{w}.netlify.app",
        "firebasestorage.googleapis.com/v0/b/{w}",
        "ipfs.io/ipfs/{t}",
    ),
)
_SHORT = ("bit.ly/{h7}", "t.co/{h7}", "tinyurl.com/{h7}", "is.gd/{h7}", "rebrand.ly/{h7}", "cutt.ly/{h7}", "t.ly/{h7}")
_OTHERS = (
    "www.facebook.com/{w}",
    "twitter.com/{w}",
    "www.linkedin.com/company/{w}",
    "www.instagram.com/{w}",
    "www.youtube.com/@{w}",
    "x.com/{w}",
)
_LOCALS = "no-reply|noreply|hello|info|support|news|newsletter|orders|team|billing|notifications|account|mailer|service|updates|do-not-reply|store|hi"
_CHINESE = {
    "zh": "华|云|天|新|智|联|海|信|达|美|安|康|优|锦|恒|创|易|博|星|金",
    "zht": "華|雲|天|新|智|聯|海|信|達|美|安|康|優|錦|恆|創|易|博|星|金",
}
_CHINESE_TAILS = {
    "zh": "科技|银行|商城|网络|教育|物流|软件|生活|书店|保险|旅行|传媒|健康",
    "zht": "科技|銀行|購物|網路|文教|物流|軟體|生活|書店|保險|旅遊|傳媒|健康",
}


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation: real when it comes from the table of brands."""

    name: str
    domain: str


@dataclass(slots=True)
class Sender:
    """What stands in From, and how the URLs of this mail are made."""

    shown: str
    address: str
    company: Company
    dice: random.Random
    click: str = ""  # through which counter links go; "" when they are direct
    hosts: list[str] = field(default_factory=list)  # where links lead otherwise than to the company's pages
    picture_host: str = ""
    is_bad: bool = False

    def make_link(self, reader: str) -> str:
        """Give the URL of a button or a link."""
        if self.is_bad:
            host = self.dice.choice(self.hosts)
            return "https://" + self._fill(host) + ("" if "/" in host else "/" + self._fill(self._pick(_LURES), reader))
        if self.click:
            return "https://" + self._fill(self.click)
        www = self.dice.choice(("www.", "", "app.", "my.")) if self.company.domain.count(".") < 3 else ""
        return f"https://{www}{self.company.domain}/" + self._fill(self._pick(_PAGES), reader)

    def make_social_link(self) -> str:
        """Give a link to a page at one of the large platforms, as footers hold them."""
        return "https://" + self._fill(self.dice.choice(_OTHERS))

    def make_picture(self) -> str:
        """Give the URL of a picture."""
        return f"https://{self.picture_host}/" + self._fill("{h}/{w}.png")

    def _pick(self, choices: str) -> str:
        return self.dice.choice(choices.split("|"))

    def _fill(self, pattern: str, reader: str = "") -> str:
        dice = self.dice
        values = {
            "{domain}": self.company.domain,
            "{n4}": str(dice.randint(1000, 9999)),
            "{n}": str(dice.randint(1000, 99_999_999)),
            "{d}": str(dice.randint(1, 20)),
            "{w}": make_label(dice),
            "{h7}": "".join(dice.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKL23456789", k=7)),
            "{h}": f"{dice.getrandbits(48):x}",
            "{t}": "".join(
                dice.choices(
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", k=dice.randint(20, 120)
                )
            ),
            "{mail}": reader,
        }
        for key, value in values.items():
            pattern = pattern.replace(key, value)
        return pattern


def make_label(dice: random.Random) -> str:
    """Invent a word for a host name."""
    return dice.choice(_HEADS.split("|")) + dice.choice(_TAILS.split("|"))


def make_company(language: str, tables: Tables, dice: random.Random) -> Company:
    """Invent an organisation, or take a known one."""
    if dice.random() < 0.35:
        brand = dice.choice([one for one in tables.brands if one.domains])
        name = brand.name_zh if language == "zh" else brand.name
        return Company(name, _pick_domain(brand, dice))
    label = make_label(dice)
    if dice.random() < 0.3:
        label += dice.choice(("", "-", "")) + dice.choice(_TAILS.split("|"))
    domain = f"{label}.{dice.choice(_SUFFIXES.split('|'))}"
    if language in _CHINESE:
        heads, tails = _CHINESE[language].split("|"), _CHINESE_TAILS[language].split("|")
        name = "".join(dice.sample(heads, 2)) + dice.choice(tails)
    else:
        name = label.replace("-", " ").title() + dice.choice(
            ("", "", "", " Inc", " Store", " Bank", " Online", " Weekly", " Team")
        )
    return Company(name, domain)


def make_honest_sender(company: Company, person: str, dice: random.Random) -> Sender:
    """A sender whose address is its own; links go to its own pages or through the counter of its mailer."""
    host = company.domain
    if dice.random() < 0.4 and host.count(".") < 2:
        host = f"{dice.choice(('mail', 'email', 'e', 'news', 'info', 'em', 'notify', 'mailer', 'm'))}.{host}"
    if dice.random() < 0.08:
        host = dice.choice(
            ("substack.com", "eventbrite.com", "shopifyemail.com", "stripe.com", "mailchimpapp.net", "zendesk.com")
        )
    shown = dice.choice(
        (
            company.name,
            company.name,
            company.name,
            f"{person} from {company.name}",
            f"{company.name} Support",
            person,
            "",
        )
    )
    click = dice.choice(_CLICKS) if dice.random() < 0.55 else ""
    pictures = dice.choice(
        (
            f"cdn.{company.domain}",
            f"www.{company.domain}",
            f"images.{company.domain}",
            "mcusercontent.com",
            "d1a2b3c4.cloudfront.net",
            "res.cloudinary.com",
        )
    )
    return Sender(shown, f"{dice.choice(_LOCALS.split('|'))}@{host}", company, dice, click, [], pictures)


def make_writer(company: Company, person: str, dice: random.Random) -> Sender:
    """A person who writes from a desk at an organisation, or from a mailbox of one's own."""
    local = (
        re.sub("[^a-z]+", ".", person.lower()).strip(".")
        or f"{make_label(dice)}{dice.choice(('', '.'))}{make_label(dice)}"
    )
    own = f"{local}{dice.choice(('', '', str(dice.randint(1, 99))))}@{dice.choice(_MAILBOXES)}"
    address = f"{local}@{company.domain}" if dice.random() < 0.65 else own
    return Sender(dice.choice((person, person, person, "")), address, company, dice, "", [], f"www.{company.domain}")


def make_false_sender(company: Company, person: str, dice: random.Random) -> Sender:
    """A sender who shows a company's name, or none; the address and the links are somebody else's."""
    label = company.domain.partition(".")[0]
    throwaway = f"{make_label(dice)}{dice.choice(('', '', str(dice.randint(1, 999)), '-' + make_label(dice)))}.{dice.choice(_CHEAP.split('|'))}"
    likeness = f"{label}{dice.choice(('-secure', '-support', '-login', 'verify', '-alerts', '-help', '1', 's'))}.{dice.choice(_CHEAP.split('|'))}"
    noise = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=dice.randint(5, 14)))
    host = dice.choice(
        (
            throwaway,
            throwaway,
            throwaway,
            likeness,
            dice.choice(_MAILBOXES),
            make_label(dice) + ".com",
        )
    )
    local = dice.choice((noise, noise, *_LOCALS.split("|")[:14]))
    shown = dice.choice(
        (
            company.name,
            company.name,
            company.name.upper(),
            f"{company.name} Support",
            f"{company.name}®",
            f"Service {company.name}",
            person,
            "",
            f"{company.name} ID{dice.randint(1000, 99999)}",
        )
    )
    other = f"{make_label(dice)}{dice.choice(('', '-' + make_label(dice)))}.{dice.choice(_CHEAP.split('|'))}"
    hosts = [
        dice.choice(
            (
                other,
                other,
                f"{make_label(dice)}.{other}",
                dice.choice(_OPEN),
                dice.choice(_OPEN),
                dice.choice(_SHORT),
                likeness,
                throwaway,
                host,
            )
        )
    ]
    pictures = dice.choice((f"www.{company.domain}", company.domain, "i.imgur.com", "i.ibb.co", other, throwaway))
    return Sender(shown, f"{local}@{host}", company, dice, "", hosts, pictures, is_bad=True)


def _pick_domain(brand: Brand, dice: random.Random) -> str:
    return dice.choice(sorted(brand.domains))
