"""The visible sender's domain did not send this mail, or nobody can tell who the visible sender is.

What the domain asks for is carried out by policy (`[decide.dmarc]`); here it weighs as one sign among others, also
where that policy is switched off. Where From is missing, stands there twice or holds no address, `missing_essentials`
says so.

Standards: RFC 7489 §6.6 (DMARC), RFC 8617 (a trusted sealer may vouch for a mail that was changed on its way).
"""

from collections.abc import Iterator

from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.model.proof import AuthResult, DmarcProof, Proof
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_PROVEN_TOLD = 3

REJECT = Kind(
    "unproven_sender.reject",
    Severity.SUSPECT,
    2.0,
    "The visible sender's domain did not send the mail and asks to refuse such mail.",
)
QUARANTINE = Kind(
    "unproven_sender.quarantine",
    Severity.SUSPECT,
    1.5,
    "The visible sender's domain did not send the mail and asks to keep such mail apart.",
)
NONE = Kind(
    "unproven_sender.none",
    Severity.ODD,
    0.7,
    "The visible sender's domain did not send the mail and asks for nothing to be done.",
)
VOUCHED = Kind(
    "unproven_sender.vouched",
    Severity.NOTE,
    0.0,
    "The mail was changed on its way, and a trusted forwarder vouches for its visible sender.",
)
UNCLEAR = Kind(
    "unproven_sender.unclear",
    Severity.NOTE,
    0.0,
    "Whether the visible sender's domain sent the mail could not be found out, because the DNS did not answer.",
)
AUTHOR = Kind(
    "unproven_sender.author",
    Severity.DANGER,
    2.0,
    "The mail names a sender's address, but not exactly one that all programs read alike.",
)
KINDS: tuple[Kind, ...] = (REJECT, QUARANTINE, NONE, VOUCHED, UNCLEAR, AUTHOR)

_ASKED = {
    "reject": (REJECT, "asks to refuse such mail", "要求拒收此类邮件"),
    "quarantine": (QUARANTINE, "asks to keep such mail apart", "要求隔离此类邮件"),
    "none": (NONE, "asks for nothing to be done about it", "未要求对此采取措施"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Say what DMARC found; nothing where it was not asked or holds."""
    dmarc = case.proof.dmarc_details
    headers = case.message.all_headers("from")
    if dmarc is None or not headers:
        return
    evidence = point_at(headers[0].value.decode("utf-8", "replace"), headers[0].span)
    match dmarc.result:
        case AuthResult.FAIL:
            yield from _tell_failure(case.proof, dmarc, evidence)
        case AuthResult.TEMPERROR if not case.proof.author_is_proven:
            yield UNCLEAR.seen(
                evidence,
                says=f"Whether {dmarc.domain} sent this mail could not be found out: the DNS did not answer.",
                says_zh=f"无法查明该邮件是否由 {dmarc.domain} 发出：DNS 没有应答。",
            )
        case AuthResult.PERMERROR if not dmarc.domain and len(headers) == 1 and "@" in case.message.header_text("from"):
            yield AUTHOR.seen(
                evidence,
                says="The mail does not show exactly one sender's address, so nobody can be proven to have sent it.",
                says_zh="该邮件显示的发件人地址不是唯一的一个，因此无法证明由谁发出。",
            )


def _tell_failure(proof: Proof, dmarc: DmarcProof, evidence: Evidence) -> Iterator[Finding]:
    domain = dmarc.domain
    if proof.author_is_proven:
        voucher = proof.arc_details.vouched_by if proof.arc_details else ""
        yield VOUCHED.seen(
            evidence,
            says=f"The mail was changed on its way; {voucher}, who is trusted here, vouches that {domain} sent it.",
            says_zh=f"该邮件在途中被改动；受信任的 {voucher} 担保它由 {domain} 发出。",
        )
    elif dmarc.policy in _ASKED:
        kind, asks, asks_zh = _ASKED[dmarc.policy]
        proven, proven_zh = _tell_proven(proof)
        yield kind.seen(
            evidence,
            says=f"The mail says it is from {domain}, but {domain} did not send it ({proven}) and {asks}.",
            says_zh=f"邮件自称来自 {domain}，但并非由 {domain} 发出（{proven_zh}），该域名{asks_zh}。",
        )


def _tell_proven(proof: Proof) -> tuple[str, str]:
    passed = [one.domain for one in proof.spf_details if one.result is AuthResult.PASS]
    passed += (one.domain for one in proof.dkim_details if one.result is AuthResult.PASS)
    names = [quote(name) for name in dict.fromkeys(passed) if name][:MAX_PROVEN_TOLD]
    if not names:
        return "nothing is proven", "没有任何来源得到证实"
    return f"what is proven is {', '.join(names)}", f"得到证实的是 {'、'.join(names)}"
