from pathlib import Path

import pytest

from gatepost.config.load import Configuration
from gatepost.config.verify import verify_settings
from gatepost.model.errors import BadSettings


def refusals(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "gatepost.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadSettings) as caught:
        verify_settings(Configuration.load(file))
    return caught.value.public.replace(f"{file}", "FILE").splitlines()


def test_the_defaults_are_taken_by_every_part() -> None:
    verify_settings(Configuration.load(None))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('hostname = "a..b"', 'FILE:1: hostname cannot be "a..b": the domain has a label that no host name may have'),
        (
            '[recipients]\ndomains = [\n"a.example",\n"-"]',
            'FILE:4: [recipients] domains, element 2, cannot be "-": the domain has a label that no host name may have',
        ),
        (
            '[recipients]\ntrusted_networks = ["10.0.0.0/99"]',
            "FILE:2: [recipients] trusted_networks, element 1, cannot",
        ),
        (
            '[recipients]\naddresses = ["nobody"]',
            "FILE:2: [recipients] addresses is wrong: addresses, line 1: 'nobody'",
        ),
        ('[dns]\nservers = ["a.example"]', "FILE:1: dns is wrong: [dns] servers: 'a.example' is not an IP address"),
        ('[feeds]\nnever = ["a", "-"]', "FILE:2: [feeds] never, element 2, cannot be"),
        (
            '[feeds.lists.a]\nurl = "https://a.example/"\nsignature_url = "https://a.example/s"\npublic_key = "x"',
            "FILE:4: [feeds.lists.a] public_key cannot be",
        ),
        ('[origin]\ntrusted_sealers = ["-"]', "FILE:2: [origin] trusted_sealers, element 1, cannot be"),
        ('\n[deliver]\nupstream = "smpt://x"', "FILE:2: deliver is wrong: [deliver] upstream cannot be 'smpt://x'"),
        (
            "[screen.checks.link_mismach]\nweight = 0",
            "FILE:1: screen is wrong: screen.checks.link_mismach: there is no",
        ),
        (
            '[screen]\n[screen.yara]\nfolder = "/nowhere"',
            "FILE:3: [screen.yara] folder is wrong: the folder of rules /nowhere cannot be read (No such file",
        ),
        (
            '[antivirus]\ntimeout_s = 5\nclamd = "localhost"',
            "FILE:3: [antivirus] clamd is wrong: 'localhost' names no clamd; write",
        ),
        (
            '[decide]\nshadow = true\nnot_judged = "clean"',
            "FILE:3: [decide] not_judged cannot be clean: only a finding",
        ),
        (
            '[decide.findings]\n"html_form.passwort" = "flag"',
            "FILE:2: [decide.findings] html_form.passwort names no finding; did you mean html_form.password?",
        ),
        ('[decide.findings]\nhtml_form = "flag"', "FILE:2: [decide.findings] html_form names no finding; did you mean"),
        ('[decide.findings]\n"*" = "flag"', "FILE:2: [decide.findings] * names no finding; `gatepost scan` shows them"),
        (
            '[[decide.exceptions]]\nname = "x"\naction = "deliver"\nnetworks = ["here"]',
            "FILE:1: decide is wrong: decide.exceptions[0]",
        ),
    ],
)
def test_what_only_a_part_can_see_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (line,) = refusals(tmp_path, text)
    assert line.startswith(said)


def test_the_mistakes_of_all_parts_are_told_at_once(tmp_path: Path) -> None:
    text = 'hostname = "-"\n[deliver]\nupstream = "x"\n[screen.checks.none]\n'
    assert [line.split(": ")[1].split()[0] for line in refusals(tmp_path, text)] == ["hostname", "deliver", "screen"]


def test_findings_of_all_checks_may_be_named_each_or_by_their_check(tmp_path: Path) -> None:
    file = tmp_path / "gatepost.toml"
    file.write_text(
        '[decide.findings]\n"html_form.password" = "flag"\n"screen.check_failed" = "flag"\n"qr_code.*" = "flag"'
    )
    verify_settings(Configuration.load(file))


def test_a_mistake_in_a_rule_is_told_once_and_not_where_rules_are_off(tmp_path: Path) -> None:
    (tmp_path / "own.yar").write_text("rule own { condition: nothing }")
    (line,) = refusals(tmp_path, f'[screen.yara]\nfolder = "{tmp_path}"')
    assert line.startswith(f"FILE:2: [screen.yara] folder is wrong: {tmp_path / 'own.yar'}:1: unknown identifier")
    file = tmp_path / "gatepost.toml"
    file.write_text(f'[screen.yara]\nfolder = "{tmp_path}"\n[screen.checks.yara_rule]\nenabled = false')
    verify_settings(Configuration.load(file))
