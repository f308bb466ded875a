"""Tells a proof in words, English and Simplified Chinese: who signed, who may send, and whether it is the one shown.

Standards: RFC 8601 §2.7 (results), RFC 7489 §3.1 (alignment).
Trust: domains and reasons hold what strangers chose; whoever shows a sentence makes it fit for the place.
Fails: never.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from gatepost.model.proof import ArcProof, AuthorDomain, AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from gatepost.origin.organisation import find_organisation

Sentence = tuple[str, str]  # English, Chinese

MAX_NAMES_TOLD = 4  # in one list; the rest is counted
MAX_FAILURES_TOLD = 3  # of signatures that do not hold

_SILENT = ("", "")
_NO_ANSWER = ("the DNS did not answer", "DNS 没有应答")
_SIGNATURE_TROUBLE = {
    AuthResult.FAIL: ("The signature of {name} does not hold", "{name} 的签名无效"),
    AuthResult.PERMERROR: ("The key for the signature of {name} cannot be used", "{name} 的签名密钥无法使用"),
    AuthResult.NEUTRAL: ("A signature cannot be read", "有一个签名无法解读"),
}
_SPF_ANSWERS = {
    AuthResult.PASS: ("{name} lets this host send in its name", "{name} 允许此主机以其名义发信"),
    AuthResult.FAIL: ("{name} does not allow this host to send in its name", "{name} 不允许此主机以其名义发信"),
    AuthResult.SOFTFAIL: (
        "{name} probably does not allow this host to send in its name",
        "{name} 很可能不允许此主机以其名义发信",
    ),
    AuthResult.NEUTRAL: (
        "{name} does not say whether this host may send in its name",
        "{name} 没有说明此主机能否以其名义发信",
    ),
    AuthResult.NONE: ("{name} does not say which hosts send in its name", "{name} 没有说明哪些主机以其名义发信"),
}
_HELO_ANSWERS = {
    AuthResult.PASS: ("The host calls itself {name}, and {name} allows it", "此主机自称 {name}，而 {name} 允许"),
    AuthResult.FAIL: (
        "The host calls itself {name}, and {name} does not allow it",
        "此主机自称 {name}，而 {name} 不允许",
    ),
}
_DEMANDS = {
    "reject": ("it asks to refuse such mail", "该域名要求拒收此类邮件"),
    "quarantine": ("it asks to keep such mail apart", "该域名要求隔离此类邮件"),
    "none": ("it asks for nothing to be done", "该域名不要求处置"),
}
_NO_WAY_BACK = {
    AuthorDomain.ABSENT: (
        "The visible sender's domain {name} does not exist: no answer can arrive.",
        "显示的发件人域名 {name} 不存在：回信无法送达。",
    ),
    AuthorDomain.NULL_MX: (
        "The visible sender's domain {name} says that it takes no mail: no answer can arrive.",
        "显示的发件人域名 {name} 声明不接收邮件：回信无法送达。",
    ),
    AuthorDomain.NO_HOST: (
        "The visible sender's domain {name} has no mail server: no answer can arrive.",
        "显示的发件人域名 {name} 没有邮件服务器：回信无法送达。",
    ),
}


def describe_proof(proof: Proof) -> tuple[Sentence, ...]:
    """Give a few short sentences; none when nothing was asked."""
    return (
        *_describe_signatures(proof),
        *_describe_spf(proof),
        *_describe_dmarc(proof.dmarc_details),
        *_describe_arc(proof.arc_details),
        *_describe_way_back(proof),
    )


def _describe_signatures(proof: Proof) -> Iterator[Sentence]:
    if proof.dkim is AuthResult.NONE and not proof.dkim_details:
        yield "It is not signed.", "该邮件没有签名。"
    passed = [one for one in proof.dkim_details if one.result is AuthResult.PASS]
    whole = dict.fromkeys(one.domain for one in passed if one.covers_whole_body)
    is_aligned = bool(proof.dmarc_details and proof.dmarc_details.dkim_is_aligned)
    groups: dict[Sentence, list[str]] = defaultdict(list)
    for domain in whole:
        groups[_relate(domain, proof.dmarc_details, is_aligned=is_aligned)].append(domain)
    for relation, domains in groups.items():
        names, names_zh = _list(domains)
        yield _close(f"Signed by {names}", f"由 {names_zh}签名", relation)
    if partly := dict.fromkeys(one.domain for one in passed if one.domain not in whole):
        names, names_zh = _list(list(partly))
        yield (
            f"Signed by {names} in part only: what stands at the end may be anybody's.",
            f"{names_zh}只签了正文的前一部分：末尾的内容可能出自任何人。",
        )
    yield from _describe_failures([one for one in proof.dkim_details if one.domain not in whole])


def _describe_failures(signatures: Iterable[DkimProof]) -> Iterator[Sentence]:
    told = list(dict.fromkeys(filter(None, map(_describe_failure, signatures))))
    yield from told[:MAX_FAILURES_TOLD]
    if (more := len(told) - MAX_FAILURES_TOLD) > 0:
        yield f"Not valid either: {more} more of its signatures.", f"另有 {more} 个签名无效。"


def _describe_failure(signature: DkimProof) -> Sentence | None:
    if signature.result is AuthResult.TEMPERROR:
        names = f"The signature of {signature.domain} could not be checked", f"无法检查 {signature.domain} 的签名"
        return _end(names, _NO_ANSWER)
    trouble = _SIGNATURE_TROUBLE.get(signature.result)
    return _give_reason(_name(trouble, signature.domain), signature.reason) if trouble else None


def _describe_spf(proof: Proof) -> Iterator[Sentence]:
    by_identity = {one.identity: one for one in proof.spf_details}
    sender, helo = by_identity.get("mailfrom"), by_identity.get("helo")
    if sender:
        yield _describe_sender(sender, proof.dmarc_details)
    if helo and helo.result in _HELO_ANSWERS and not (sender and sender.domain == helo.domain):
        yield _close(*_name(_HELO_ANSWERS[helo.result], helo.domain))


def _describe_sender(spf: SpfProof, dmarc: DmarcProof | None) -> Sentence:
    if not spf.domain:
        return "The envelope names no domain that could vouch for this host.", "信封中没有能为此主机作证的域名。"
    if answer := _SPF_ANSWERS.get(spf.result):
        is_aligned = bool(dmarc and dmarc.spf_is_aligned)
        relation = _relate(spf.domain, dmarc, is_aligned=is_aligned) if spf.result is AuthResult.PASS else _SILENT
        return _close(*_name(answer, spf.domain), relation)
    if spf.result is AuthResult.TEMPERROR:
        asked = f"{spf.domain} could not be asked about this host", f"无法查询 {spf.domain} 是否允许此主机发信"
        return _end(asked, _NO_ANSWER)
    return _give_reason((f"The SPF record of {spf.domain} is wrong", f"{spf.domain} 的 SPF 记录有误"), spf.reason)


def _describe_dmarc(dmarc: DmarcProof | None) -> Iterator[Sentence]:
    if dmarc is None:
        return
    name = dmarc.domain
    shown, shown_zh = f"The visible sender's domain {name}", f"显示的发件人域名 {name}"
    if not name:
        yield _give_reason(("There is no one visible sender", "没有唯一确定的显示发件人"), dmarc.reason)
    elif dmarc.result is AuthResult.PASS:
        yield f"{shown} is proven (DMARC).", f"{shown_zh} 已得到证实（DMARC）。"
    elif dmarc.result is AuthResult.FAIL:
        demand, demand_zh = _DEMANDS.get(dmarc.policy, _DEMANDS["none"])
        yield f"{shown} is not proven (DMARC); {demand}.", f"{shown_zh} 未得到证实（DMARC）；{demand_zh}。"
    elif dmarc.result is AuthResult.TEMPERROR:
        yield _end((f"Whether {name} sent this cannot be told", f"无法判断邮件是否来自 {name}"), _NO_ANSWER)
    elif dmarc.result is AuthResult.PERMERROR:
        yield _give_reason((f"The DMARC record of {name} is wrong", f"{name} 的 DMARC 记录有误"), dmarc.reason)
    elif dmarc.result is AuthResult.NONE:
        yield (
            f"{name} does not say how its name may be used (DMARC).",
            f"{name} 没有说明其名称可如何使用（DMARC）。",
        )


def _describe_arc(arc: ArcProof | None) -> Iterator[Sentence]:
    if arc is None:
        return
    if arc.result is AuthResult.PASS:
        names, names_zh = _list(arc.sealers)
        yield f"Forwarded by {names}; the ARC chain holds.", f"经 {names_zh}转发；ARC 链有效。"
    elif arc.result is AuthResult.FAIL:
        yield _give_reason(("The ARC chain of the forwarders does not hold", "转发方的 ARC 链无效"), arc.reason)
    elif arc.result is AuthResult.TEMPERROR:
        yield _end(("The ARC chain of the forwarders could not be checked", "无法检查转发方的 ARC 链"), _NO_ANSWER)
    if arc.vouched_by:
        yield (
            f"{arc.vouched_by}, which the settings trust, saw the visible sender proven before the mail was changed.",
            f"设置中信任的 {arc.vouched_by} 证明：邮件被改动之前，显示的发件人已得到证实。",
        )


def _describe_way_back(proof: Proof) -> Iterator[Sentence]:
    if proof.author_domain in _NO_WAY_BACK and proof.dmarc_details:
        yield _name(_NO_WAY_BACK[proof.author_domain], proof.dmarc_details.domain)


def _relate(domain: str, dmarc: DmarcProof | None, *, is_aligned: bool) -> Sentence:
    """Say what a proven domain is to the visible sender; nothing where that one is proven in the same way anyhow."""
    if dmarc is None or is_aligned or dmarc.domain in ("", domain):
        return _SILENT
    author = dmarc.domain
    if find_organisation(domain) != find_organisation(author):
        return (
            f"the visible sender is {author}: not the same organisation",
            f"显示的发件人是 {author}：并非同一组织",
        )
    if dmarc.result is AuthResult.FAIL:  # its record wants the very same domain
        return f"that is not enough for the visible sender {author}", f"这不足以证实显示的发件人 {author}"
    return f"the visible sender is {author}: the same organisation", f"显示的发件人是 {author}：属于同一组织"


def _list(names: Sequence[str]) -> Sentence:
    """Give names as each language lists them; in Chinese with the space that sets Latin letters off."""
    told, more = names[:MAX_NAMES_TOLD], len(names) - MAX_NAMES_TOLD
    if more > 0:
        return f"{', '.join(told)} and {more} more", f"{'、'.join(told)} 等 {len(names)} 方"
    return ", ".join(told), f"{'、'.join(told)} "


def _name(sentence: Sentence, name: str) -> Sentence:
    return sentence[0].format(name=name), sentence[1].format(name=name)


def _close(english: str, chinese: str, relation: Sentence = _SILENT) -> Sentence:
    return (
        (f"{english}; {relation[0]}.", f"{chinese}；{relation[1]}。")
        if relation[0]
        else (f"{english}.", f"{chinese}。")
    )


def _end(told: Sentence, cause: Sentence) -> Sentence:
    return f"{told[0]}: {cause[0]}.", f"{told[1]}：{cause[1]}。"


def _give_reason(told: Sentence, reason: str) -> Sentence:
    """Add the reason, which exists in English only."""
    reason = reason.removesuffix(".")
    return (f"{told[0]} ({reason}).", f"{told[1]}（{reason}）。") if reason else _close(*told)
