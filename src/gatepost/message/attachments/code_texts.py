"""What the text of a code for cameras opens on a telephone.

Trust: the text comes from a stranger.
Fails: never.
"""

import re

MAX_URLS = 20

_PREFIX = re.compile(r"(?:urlto:|url:|mebkm:.{0,200}?url:)\s*", re.IGNORECASE | re.DOTALL)
_URL = re.compile(r"(?:https?|ftp)[:：][/\\]{1,4}[^\s<>\"]{3,}", re.IGNORECASE)
_BARE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?:[/?#:]\S*)?", re.IGNORECASE)
_OTHER_SCHEME = re.compile(
    r"(?:tel|sms|smsto|mailto|intent|market|javascript|data|itms[a-z-]*|[a-z]{3,20}pay):", re.IGNORECASE
)


def find_urls(text: str) -> list[str]:
    """Give the URLs that a telephone would offer to open for the text of a code.

    >>> find_urls("bank.example/login"), find_urls("WIFI:S:guests;;"), find_urls("URLTO:https://a.example")
    (['http://bank.example/login'], [], ['https://a.example'])
    """
    text = _PREFIX.sub("", text.strip(), count=1)
    if urls := [match[0].rstrip(";") for match in _URL.finditer(text)]:
        return urls[:MAX_URLS]
    if _OTHER_SCHEME.match(text):
        return [text]
    return [f"http://{text}"] if _BARE.fullmatch(text) else []
