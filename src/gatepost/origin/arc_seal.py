"""Seal a mail before it goes on: the three ARC fields that tell the next reader what we found.

Standards: RFC 8617 §5.1 (sealing), §5.1.2 (a chain that broke).
Trust: the mail is a stranger's; the results and the key are ours.
Fails: never; a chain that may not go on gets no further seal.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gatepost.message.message import Message
from gatepost.model.proof import AuthResult
from gatepost.origin.arc_chain import (
    ARC_NAMES,
    MAX_INSTANCES,
    BrokenChain,
    find_sets,
    join_sets,
    read_instance,
    read_seal,
)
from gatepost.origin.body_digests import BodyDigests
from gatepost.origin.dkim_canonical import Form, canonicalize_selected, relax_header
from gatepost.origin.dkim_sign import list_signed_names
from gatepost.origin.dkim_signature import MAX_SIGNATURES, BadSignature
from gatepost.origin.dkim_signer import DkimSigner, sign_field, write_field

MAX_LINE_CHARS = 900  # of a signature; RFC 5322 §2.1.1 allows 998 for a line

_CONTROL = re.compile(r"[\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True)
class ArcSealer(DkimSigner):
    """In whose name we seal, and with what.

    `signed_names` in lower case, without ARC and result fields; () for what DKIM signs, and DKIM's signatures, too.
    """

    signed_names: tuple[str, ...] = ()


def seal_message(message: Message, sealer: ArcSealer, results: str, chain: AuthResult, now: datetime) -> bytes:
    """Give the three fields to put in front of the mail, b"" where no seal may be added.

    `results` is what an Authentication-Results of ours would say (RFC 8601), its identity first; `chain` is what
    evaluate_arc found in this very mail. A chain that broke before us, that is full, or that nobody could judge
    because the DNS did not answer, stays as it is.
    """
    instance = find_last_instance(message) + 1
    if chain is AuthResult.TEMPERROR or instance > MAX_INSTANCES or _was_found_broken(message):
        return b""
    before, status = _find_chain(message, chain)
    own = {"i": str(instance), **sealer.name_key(), "t": str(int(now.timestamp()))}
    told = write_field("ARC-Authentication-Results", [f"i={instance}", *_split_results(results)])
    signature = _sign_message(message, sealer, own)
    sealed = before + relax_header(told) + relax_header(signature)
    return _sign_field(sealer, "ARC-Seal", {**own, "cv": status}, sealed) + signature + told


def find_last_instance(message: Message) -> int:
    """Give the highest instance of any ARC field, 0 where none has one."""
    headers = (header for name in ARC_NAMES for header in message.all_headers(name))
    return max((read_instance(header) or 0 for header in headers), default=0)


def _was_found_broken(message: Message) -> bool:
    """Say whether a sealer before us told that the chain is broken: then nothing is to be added (RFC 8617 §5.1)."""
    for header in message.all_headers("arc-seal"):
        try:
            if read_seal(header).chain_result is AuthResult.FAIL:
                return True
        except BadSignature:
            continue
    return False


def _find_chain(message: Message, chain: AuthResult) -> tuple[bytes, str]:
    """Give what our seal covers besides our own set, and its cv=; of a broken chain it covers nothing (§5.1.2)."""
    try:
        sets = find_sets(message)
    except BrokenChain:
        return b"", AuthResult.FAIL.value
    if not sets:
        return b"", AuthResult.NONE.value
    if chain is not AuthResult.PASS:
        return b"", AuthResult.FAIL.value
    return join_sets(message.raw, sets), AuthResult.PASS.value


def _sign_message(message: Message, sealer: ArcSealer, own: Mapping[str, str]) -> bytes:
    """Give the ARC-Message-Signature field."""
    names = sealer.signed_names or (*list_signed_names(message), *_list_signatures(message))
    said = {
        "c": "relaxed/relaxed",
        "h": ":".join(names),
        "bh": base64.b64encode(BodyDigests(message).digest(Form.RELAXED)).decode("ascii"),
    }
    headers = canonicalize_selected(message, names, Form.RELAXED)
    return _sign_field(sealer, "ARC-Message-Signature", {**own, **said}, headers)


def _list_signatures(message: Message) -> list[str]:
    return ["dkim-signature"] * min(len(message.all_headers("dkim-signature")), MAX_SIGNATURES)


def _sign_field(sealer: ArcSealer, name: str, tags: Mapping[str, str], data: bytes) -> bytes:
    """Write a field as the vectors of ARC have it: tags by the alphabet, and the next seal signs b= without folds."""
    return sign_field(sealer, name, dict(sorted({**tags, "b": ""}.items())), data, line_chars=MAX_LINE_CHARS)


def _split_results(results: str) -> list[str]:
    """Cut only where a fold may stand; a semicolon in quotes is not touched."""
    text = _CONTROL.sub(" ", results).strip(" ;")
    return text.split("; ")
