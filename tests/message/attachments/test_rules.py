import os
import subprocess
import sys
import threading

import pytest
import yara_x
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.rules import GLOBALS, MAX_SCANNED_BYTES, NO_RULES, RuleName, RuleSet, Scanned
from gatepost.message.attachments.rules import RulesTooSlowError as TooSlowError


def build(source: str) -> RuleSet:
    compiler = yara_x.Compiler()
    for name in GLOBALS:
        compiler.define_global(name, "")
    compiler.new_namespace("own")
    compiler.add_source(source)
    return RuleSet(compiler.build())


OAK = 'rule oak { strings: $a = "oak" condition: $a }'


def test_a_rule_is_told_by_its_file_and_name() -> None:
    assert build(OAK).find(Scanned(b"an oak", "text")) == (RuleName("own", "oak"),)
    assert build(OAK).find(Scanned(b"a beech", "text")) == ()


def test_rules_may_ask_for_kind_and_name() -> None:
    rules = build('rule a { condition: kind == "script" and filename == "A.JS" and extension == ".js" }')
    assert rules.find(Scanned(b"", "script", "A.JS"))
    assert not rules.find(Scanned(b"", "text", "A.JS"))
    assert not rules.find(Scanned(b"", "script"))


def test_what_was_known_of_one_file_is_not_known_of_the_next() -> None:
    rules = build('rule a { condition: filename == "a" }')
    assert [bool(rules.find(Scanned(b"", "text", name))) for name in ("a", "", "b")] == [True, False, False]


def test_packed_rules_find_the_same_in_another_process() -> None:
    packed = build(OAK).pack()
    assert RuleSet.load(packed).find(Scanned(b"an oak", "text")) == (RuleName("own", "oak"),)


@given(st.binary())
def test_what_are_no_packed_rules_is_told(content: bytes) -> None:
    with pytest.raises(ValueError, match="compiled rules"):
        RuleSet.load(content)


def test_without_rules_nothing_is_found_and_nothing_is_packed() -> None:
    assert not NO_RULES
    assert NO_RULES.find(Scanned(b"an oak", "text")) == ()
    assert NO_RULES.pack() == b""


def test_a_rule_that_never_ends_is_ended() -> None:
    rules = build("rule slow { condition: for all i in (1..100000000000): (i * i % 7 > -10) }")
    with pytest.raises(TooSlowError):
        rules.find(Scanned(b"x", "text"), timeout_s=1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may start no thread")
def test_where_yara_x_gives_up_that_is_an_error_like_others() -> None:
    code = """
import os, resource, yara_x
from gatepost.message.attachments.rules import RulesBrokeError, RuleSet, Scanned
compiler = yara_x.Compiler()
for name in ("kind", "filename", "extension", "filepath"):
    compiler.define_global(name, "")
compiler.add_source("rule a { condition: true }")
rules = RuleSet(compiler.build())
os.setuid(65534)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
try:
    rules.find(Scanned(b"x", "text"), timeout_s=1)  # which needs a thread
except RulesBrokeError:
    print("broke")
"""
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ended.stdout == "broke\n"


def test_a_file_is_looked_at_as_far_as_the_limit() -> None:
    rules, blank = build(OAK), bytes(MAX_SCANNED_BYTES - 3)
    assert rules.find(Scanned(blank + b"oak", "text"))
    assert not rules.find(Scanned(blank + b" oak", "text"))


def test_many_threads_may_look_at_once() -> None:
    rules, found = build(OAK), list[int]()

    def look() -> None:
        found.extend(len(rules.find(Scanned(b"an oak", "text"), timeout_s=5)) for _ in range(50))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 200


@given(st.binary(), st.text(), st.sampled_from(["text", "html", "zip"]))
def test_any_content_and_any_name_are_looked_at(content: bytes, name: str, kind: str) -> None:
    found = build_once().find(Scanned(content, kind, name))
    assert bool(found) == (b"oak" in content)


def test_a_name_that_no_encoding_holds_is_no_obstacle() -> None:
    assert build(OAK).find(Scanned(b"oak", "text", "\udc80.js"))


def build_once(made: list[RuleSet] = []) -> RuleSet:  # noqa: B006 - compiled once for all examples
    if not made:
        made.append(build(OAK))
    return made[0]
