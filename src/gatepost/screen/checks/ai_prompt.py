"""The mail speaks to programs that read mail for people: it orders an AI to ignore its rules or to call the mail safe.

Such orders stand where people do not see them (hidden text, comments, alternative texts of pictures, characters without
a shape that language models read all the same) or in sight. Articles about such orders quote them in sight, so that
alone weighs little. Gatepost's own judgement follows no orders; what reads the mail later may.

Feature: `smuggled_letters` (shapeless characters that spell a text, at most 500).
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.message import Message
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote
from gatepost.screen.themes import HEAD_CHARS, TAIL_CHARS, Reading, read_message, read_text

MAX_SOURCE_CHARS = 100_000
MAX_UNSEEN_PIECES = 500
MAX_UNSEEN_CHARS = HEAD_CHARS + TAIL_CHARS
MAX_SMUGGLED = 500
MIN_SMUGGLED = 10

HIDDEN = Kind("ai_prompt.hidden", Severity.SUSPECT, 2.5, "Orders to an AI that reads the mail are hidden from people.")
SHOWN = Kind("ai_prompt.shown", Severity.ODD, 1.0, "The text holds orders to an AI that reads the mail.")
SMUGGLED = Kind(
    "ai_prompt.smuggled",
    Severity.SUSPECT,
    2.5,
    "Characters without a shape spell a text which people do not see and language models read.",
)
KINDS: tuple[Kind, ...] = (HIDDEN, SHOWN, SMUGGLED)

# An order is looked for only where a word of each group stands; the groups belong to the three parts of _ORDER.
_TRIGGERS = tuple(
    tuple(frozenset(group.split()) for group in groups)
    for groups in (
        (
            b"ignore disregard forget override bypass",
            b"previous prior above earlier preceding system other",
            b"instruction instructions prompt prompts guidelines rules directions commands",
        ),
        (b"system", b"new updated real actual", b"instruction instructions prompt"),
        (
            b"model assistant chatbot chatgpt gpt copilot gemini claude llm ai intelligence",
            (
                b"mark classify label treat report rate consider categorise categorize judge score tell say summarise"
                b" summarize"
            ),
            b"safe legitimate benign spam ham trusted clean harmless phishing genuine malicious risk",
        ),
    )
)
_SOURCE_TRIGGERS = ("nstruction", "rompt", "ssistant")
_HAN_SOURCE_TRIGGERS = ("指令", "提示", "模型", "人工智")
_HAN_TRIGGERS = ("指令", "提示", "人工智能", "人工智慧", "语言模型", "語言模型", "大模型", "AI")
_AI = r"(?:ai|llm|gpt|chatgpt|copilot|gemini|claude|chatbot|assistant|language model|artificial intelligence|ai agent)"
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass) (?:\w+ ){0,5}?"
    r"(?:previous|prior|above|earlier|preceding|system|other) (?:\w+ )?"
    r"(?:instructions?|prompts?|rules|guidelines|directions|commands)\b"
    r"|\b(?:new|updated|real|actual) system (?:prompt|instructions?)\b"
    r"|\b(?:you are|attention|dear|note to|to (?:the|any|all)|instructions? (?:for|to)) (?:\w+ ){0,4}?"
    rf"{_AI}\b (?:\w+ ){{0,40}}?"
    r"(?:mark|classify|label|treat|report|rate|consider|categori[sz]e|judge|score|tell|say|summari[sz]e) "
    r"(?:\w+ ){0,12}?"
    r"(?:safe|legitimate|benign|not spam|ham|trusted|clean|harmless|not phishing|genuine|non malicious|low risk)\b"
)
_ORDER_IN_HAN = re.compile(
    "(?:忽略|无视|無視|忘记|忘記|不要理会|不要理會)[^。！？]{0,12}(?:之前|以上|先前|前面|此前|上述|所有|系统|系統)"
    "[^。！？]{0,8}(?:指令|提示|规则|規則|指示|设定|設定)"
    "|(?:你是|作为|作為|如果你是|请注意|請注意)[^。！？]{0,12}(?:AI|人工智能|人工智慧|语言模型|語言模型|大模型)"
    ".{0,60}?(?:标记|標記|判定|判断|判斷|归类|歸類|视为|視為|认定|認定|分类|分類)"
    ".{0,16}?(?:安全|正常|合法|可信|无害|無害|非垃圾|不是垃圾|不是钓鱼|不是釣魚)"
)
_SAID_ATTRIBUTE = re.compile(  # "alt", "title" or "aria-label"; what starts with one of few letters is found quickly
    r"[aAtT](?<!\w.)(?:(?<=[aA])[lL][tT]|(?<=[tT])[iI][tT][lL][eE]|(?<=[aA])[rR][iI][aA]-[lL][aA][bB][eE][lL])"
    r"\s*=\s*(?:\"([^\"]{20,500})\"|'([^']{20,500})')",
    re.DOTALL,
)
_TAG_CHARACTERS = re.compile("[\U000e0020-\U000e007e]{10,}|(?:[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2}){8,}")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look for orders in sight and out of sight."""
    message = case.message
    reading = read_message(message)
    if order := _find_order(reading):
        yield SHOWN.seen(
            point_at(order),
            says=f"The text gives orders to programs that read mail for you: {quote(order)}",
            says_zh=f"正文中含有针对人工智能程序的指令：{quote(order)}",
        )
    elif order := _find_unseen_order(message):
        yield HIDDEN.seen(
            point_at(order, message.html[0].span),
            says=f"Hidden from you, the mail gives orders to programs that read mail for you: {quote(order)}",
            says_zh=f"邮件中隐藏着针对人工智能程序的指令：{quote(order)}",
        )
    if smuggled := _find_smuggled(reading.text):
        yield Feature("ai_prompt.smuggled_letters", min(MAX_SMUGGLED, len(smuggled)))
        yield SMUGGLED.seen(
            point_at(smuggled),
            says="Characters that people do not see spell a text which language models read.",
            says_zh="邮件中含有人看不见、但语言模型能读取的隐藏字符文本。",
        )


def _find_order(reading: Reading) -> str:
    """Give the order as it was compared, "" when there is none."""
    words = frozenset(reading.words)
    if any(not any(map(words.isdisjoint, groups)) for groups in _TRIGGERS):
        found = _ORDER.search(b" ".join(reading.words).decode("ascii"))
        if found:
            return found[0]
    text = reading.text
    if reading.holds_han and any(trigger in text for trigger in _HAN_TRIGGERS):
        found = _ORDER_IN_HAN.search("".join(text.split()))
        return found[0] if found else ""
    return ""


def _find_unseen_order(message: Message) -> str:
    """Look at what stands in the HTML and is not shown: hidden text, comments, what pictures say instead."""
    pieces = [view.hidden_text[:MAX_UNSEEN_CHARS] for view in message.html if view.hidden_text]
    for part in message.html_parts:
        source = part.text[:MAX_SOURCE_CHARS]
        if any(trigger in source for trigger in _SOURCE_TRIGGERS) or (
            not source.isascii() and any(trigger in source for trigger in _HAN_SOURCE_TRIGGERS)
        ):
            pieces += islice(_find_comments(source), MAX_UNSEEN_PIECES)
            pieces += (said[1] or said[2] for said in islice(_SAID_ATTRIBUTE.finditer(source), MAX_UNSEEN_PIECES))
    return _find_order(read_text("\n".join(pieces))) if pieces else ""


def _find_comments(source: str) -> Iterator[str]:
    """Give the comments; those that some programs take for markup ("[if mso]") are none."""
    start = source.find("<!--")
    while start >= 0:
        end = source.find("-->", start)
        if end < 0:
            return
        if not source.startswith("[if", start + 4):
            yield source[start + 4 : end]
        start = source.find("<!--", end)


def _find_smuggled(text: str) -> str:
    if text.isascii():
        return ""
    packed = text.encode("utf-8", "surrogatepass")
    if packed.count(b"\xf3\xa0") + packed.count(b"\xef\xb8") < MIN_SMUGGLED:  # what all of these begin with
        return ""
    found = _TAG_CHARACTERS.search(text)
    if found is None:
        return ""
    letters = (chr(ord(letter) - 0xE0000) for letter in found[0] if 0xE0020 <= ord(letter) <= 0xE007E)  # noqa: PLR2004 - tag characters stand for ASCII
    return "".join(letters) or f"{len(found[0])} variation selectors"
