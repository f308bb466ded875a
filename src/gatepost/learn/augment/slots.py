"""What is filled into the texts: people, places, goods, sums, dates; invented, in the language of the mail."""

import random
from dataclasses import dataclass

_PEOPLE = {
    "en": "James Miller|Sarah Chen|Priya Nair|Tom Baker|Emily Jones|Carlos Ruiz|Aisha Khan|Daniel Novak|Grace Lee|Omar Haddad",
    "zh": "王伟|李娜|张敏|刘洋|陈静|赵磊|周婷|吴强|徐丽|孙鹏",
    "de": "Anna Schmidt|Jonas Weber|Lena Fischer|Paul Wagner|Miriam Koch",
    "fr": "Claire Dubois|Julien Moreau|Camille Bernard|Hugo Lefevre",
    "es": "Lucía García|Javier Martín|Carmen López|Diego Torres",
    "pt": "Mariana Silva|João Souza|Ana Costa|Pedro Almeida",
    "it": "Giulia Rossi|Marco Bianchi|Chiara Romano|Luca Ferrari|Francesca Greco",
    "nl": "Sanne de Vries|Daan Jansen|Lotte Bakker|Bram Visser|Eva Mulder",
    "ja": "佐藤健|鈴木美咲|高橋翔|田中葵",
    "zht": "陳怡君|林志豪|黃雅婷|張家豪|李佩珊|吳俊傑|何嘉欣|梁家輝",
    "ko": "김민준|이서연|박지훈|최수빈|정현우|강지은",
    "ru": "Анна Смирнова|Иван Кузнецов|Мария Попова|Алексей Волков|Ольга Лебедева",
    "pl": "Anna Kowalska|Piotr Nowak|Katarzyna Wiśniewska|Tomasz Zieliński|Magdalena Lis",
    "tr": "Ayşe Yılmaz|Mehmet Demir|Elif Kaya|Emre Şahin|Zeynep Çelik",
}
_CITIES = {
    "en": "Austin|London|Toronto|Dublin|Sydney|Seattle|Berlin|Singapore|Boston|Leeds",
    "zh": "北京|上海|杭州|深圳|成都|南京|武汉|西安",
    "de": "Berlin|Hamburg|München|Wien|Zürich|Köln",
    "fr": "Paris|Lyon|Nantes|Genève|Lille",
    "es": "Madrid|Barcelona|Sevilla|Bogotá|México",
    "pt": "São Paulo|Lisboa|Curitiba|Porto|Recife",
    "it": "Roma|Milano|Torino|Bologna|Napoli|Firenze",
    "nl": "Amsterdam|Utrecht|Rotterdam|Gent|Antwerpen|Eindhoven",
    "ja": "東京|大阪|福岡|札幌",
    "zht": "台北|台中|高雄|新竹|香港|九龍|台南",
    "ko": "서울|부산|대전|인천|광주|판교",
    "ru": "Москва|Санкт-Петербург|Казань|Новосибирск|Екатеринбург",
    "pl": "Warszawa|Kraków|Gdańsk|Wrocław|Poznań",
    "tr": "İstanbul|Ankara|İzmir|Bursa|Antalya",
}
_TOPICS = {
    "en": "remote work|data privacy|urban gardening|open source|typography|battery storage|reading aloud|small business accounting|type systems|trail running|the budget|onboarding|accessibility|sourdough|museum late nights|street photography|home insulation|supply chains|machine learning|the roadmap",
    "zh": "开源软件|城市园艺|数据安全|远程办公|项目排期|年度预算|前端性能|亲子阅读|咖啡烘焙|供应链管理|产品设计|机器学习",
    "de": "Datenschutz|Stadtgärten|Projektplan|Wärmepumpen|Digitalisierung|Jahresbudget|Wanderwege",
    "fr": "la protection des données|le télétravail|le budget|les jardins urbains|la rénovation",
    "es": "el teletrabajo|la privacidad|el presupuesto|la huerta urbana|la energía solar",
    "pt": "trabalho remoto|privacidade|o orçamento|hortas urbanas|energia solar",
    "it": "lavoro a distanza|protezione dei dati|bilancio|orti urbani|energia solare|efficienza energetica|apprendimento automatico",
    "nl": "thuiswerken|privacy|de begroting|stadstuinen|zonnepanelen|warmtepompen|machine learning",
    "ja": "在宅勤務|個人情報保護|予算計画|都市農園|機械学習",
    "zht": "遠距工作|資訊安全|開放原始碼|都市農園|年度預算|長期照護|咖啡烘焙|產品設計|機器學習",
    "ko": "재택근무|정보보호|오픈소스|예산 계획|머신러닝|도시 농업|독서",
    "ru": "удалённая работа|защита данных|открытый код|бюджет|энергосбережение|машинное обучение",
    "pl": "praca zdalna|ochrona danych|budżet|fotowoltaika|otwarte oprogramowanie|uczenie maszynowe",
    "tr": "uzaktan çalışma|veri güvenliği|bütçe|açık kaynak|güneş enerjisi|makine öğrenmesi",
}
_GOODS = {
    "en": "wool blanket|running shoes|desk lamp|coffee grinder|travel mug|wireless headphones|standing desk|rain jacket|phone case|board game|yoga mat|iPhone 15 Pro|power drill set|air fryer",
    "zh": "保温杯|跑步鞋|台灯|咖啡机|无线耳机|羊毛毯|双肩包|机械键盘|空气炸锅|手机壳",
    "de": "Wolldecke|Laufschuhe|Schreibtischlampe|Kaffeemühle|Kopfhörer|Akkuschrauber",
    "fr": "couverture en laine|chaussures de course|lampe de bureau|moulin à café|casque audio",
    "es": "manta de lana|zapatillas|lámpara|molinillo de café|auriculares",
    "pt": "cobertor de lã|tênis de corrida|luminária|moedor de café|fones de ouvido",
    "it": "coperta di lana|scarpe da corsa|lampada da tavolo|macinacaffè|cuffie|trapano",
    "nl": "wollen deken|hardloopschoenen|bureaulamp|koffiemolen|koptelefoon|accuboormachine",
    "ja": "毛布|ランニングシューズ|デスクライト|コーヒーミル|ヘッドホン",
    "zht": "保溫瓶|慢跑鞋|檯燈|咖啡機|無線耳機|羊毛毯|氣炸鍋|手機殼",
    "ko": "무선 이어폰|텀블러|운동화|스탠드 조명|커피 그라인더|담요",
    "ru": "беспроводные наушники|настольная лампа|кофемолка|кроссовки|шерстяной плед",
    "pl": "słuchawki bezprzewodowe|lampka biurkowa|młynek do kawy|buty do biegania|wełniany koc",
    "tr": "kablosuz kulaklık|masa lambası|kahve değirmeni|koşu ayakkabısı|yün battaniye",
}
_WEEKDAYS = {
    "en": "Monday|Tuesday|Wednesday|Thursday|Friday",
    "zh": "周一|周二|周三|周四|周五",
    "de": "Montag|Dienstag|Mittwoch|Donnerstag|Freitag",
    "fr": "lundi|mardi|mercredi|jeudi|vendredi",
    "es": "lunes|martes|miércoles|jueves|viernes",
    "pt": "segunda|terça|quarta|quinta|sexta",
    "it": "lunedì|martedì|mercoledì|giovedì|venerdì",
    "nl": "maandag|dinsdag|woensdag|donderdag|vrijdag",
    "ja": "月曜日|火曜日|水曜日|木曜日|金曜日",
    "zht": "週一|週二|週三|週四|週五",
    "ko": "월요일|화요일|수요일|목요일|금요일",
    "ru": "понедельник|вторник|среду|четверг|пятницу",
    "pl": "poniedziałek|wtorek|środę|czwartek|piątek",
    "tr": "pazartesi|salı|çarşamba|perşembe|cuma",
}
_MONTHS = {
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "zh": "一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月",
    "de": "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    "es": "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
    "pt": "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
    "it": "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
    "nl": "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
    "ja": "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月",
    "zht": "一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月",
    "ko": "1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월",
    "ru": "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
    "pl": "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia",
    "tr": "Ocak|Şubat|Mart|Nisan|Mayıs|Haziran|Temmuz|Ağustos|Eylül|Ekim|Kasım|Aralık",
}
_STREETS = "Main Street|Park Avenue|Mill Lane|Station Road|Market Square|Harbour Street"
_MONEY = {
    "en": "$|£|€|USD ",
    "zh": "¥|￥|人民币",
    "zht": "NT$|NT$|HK$|$",
    "ja": "¥|￥",
    "ko": "원|원|₩",
    "ru": "₽|руб.|$",
    "pl": "zł|zł|PLN|€",
    "tr": "TL|₺|TL",
}
_BEHIND = ("€", "zł", "PLN", "₽", "руб.", "TL", "원")  # signs that follow their number, mostly or always
_WHOLE = {"zht": 30, "ja": 100, "ko": 1000}  # sums of money without a fraction: how many to the dollar, roughly


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets a made mail."""

    name: str
    address: str


def make_slots(language: str, company: str, domain: str, reader: Reader, dice: random.Random) -> dict[str, str]:
    """Give a value for every slot."""

    def pick(table: dict[str, str]) -> str:
        return dice.choice(table[language].split("|"))

    def make_sum(low: float, high: float) -> str:
        value = dice.uniform(low, high)
        shown = f"{value * _WHOLE[language]:,.0f}" if language in _WHOLE else f"{value:,.2f}"
        sign = dice.choice(_MONEY.get(language, "€").split("|"))
        if sign == "원":
            return shown + sign
        is_behind = sign in _BEHIND and (sign != "€" or dice.random() < 0.6)
        return f"{shown} {sign}" if is_behind else f"{sign}{shown}"

    number = dice.randint(1, 200)
    day, month = dice.randint(1, 28), dice.randint(1, 12)
    date = {
        "zh": f"{month}月{day}日",
        "zht": f"{month}月{day}日",
        "ja": f"{month}月{day}日",
        "ko": f"{month}월 {day}일",
    }.get(language, f"{day} {_MONTHS[language].split('|')[month - 1]}")
    goods = [(pick(_GOODS), make_sum(5, 300)) for _ in range(dice.randint(1, 3))]
    return {
        "company": company,
        "name": dice.choice((reader.name, reader.name.split(" ", maxsplit=1)[0])),
        "email": reader.address,
        "person": pick(_PEOPLE),
        "city": pick(_CITIES),
        "topic": pick(_TOPICS),
        "product": goods[0][0],
        "items": "\n".join(f"{dice.choice(('1 x ', '2 x ', ''))}{name} {price}" for name, price in goods),
        "weekday": pick(_WEEKDAYS),
        "month": pick(_MONTHS),
        "date": date,
        "year": str(dice.randint(2018, 2026)),
        "amount": make_sum(20, 3000),
        "small": make_sum(1, 20),
        "code": str(dice.randint(100_000, 999_999)),
        "digits": str(dice.randint(1000, 9999)),
        "order": dice.choice(
            (f"{dice.randint(10**6, 10**9)}", f"{dice.randint(100, 999)}-{dice.randint(10**6, 10**7)}")
        ),
        "tracking": "".join(dice.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=14)),
        "hours": str(dice.choice((1, 2, 4, 12, 24, 48))),
        "minutes": str(dice.choice((5, 10, 15, 30))),
        "days": str(dice.randint(2, 14)),
        "address": f"{number} {dice.choice(_STREETS.split('|'))}, {pick(_CITIES)}",
        "support": f"{dice.choice(('support', 'help', 'service', 'hello'))}@{domain}",
    }


def make_reader(language: str, dice: random.Random) -> Reader:
    """Invent the reader of a mail."""
    name = dice.choice(_PEOPLE[language].split("|"))
    local = f"{dice.choice('abcdefghjklmnprstw')}{dice.choice(('.', '', '_'))}{dice.choice(('miller', 'chen', 'silva', 'li', 'weber', 'tan'))}"
    return Reader(
        name, f"{local}@{dice.choice(('office', 'corp', 'mail', 'staff'))}.example.{dice.choice(('com', 'org', 'net'))}"
    )
