import argparse
import json
import plistlib
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from proxy.authority.authority import Authority
from proxy.commands import Exit, ca
from proxy.tickets.keyring import Keyring, keyring_path

BLOCKLISTS = Path(__file__).parents[3] / "blocklists"
SETTINGS = f"""
gateway: {{school_name: Oak School, state: state}}
zone: America/Chicago
dns: {{system: true}}
lists: {{blocklists: {BLOCKLISTS}}}
proxy: {{listen: 192.0.2.1:8080}}
groups: [{{id: pupils, title: Pupils, profile: middle, minor: true}}]
networks: [{{id: lan, addresses: 192.0.2.0/24, group: pupils, block_answer: nxdomain}}]
strictest: pupils
"""


@pytest.fixture
def config(tmp_path):
    directory = tmp_path / "config"
    directory.mkdir()
    (directory / "school.yaml").write_text(SETTINGS)
    return directory


@pytest.fixture
def state(config):
    return config / "state"


def schoolgate(config, *words):
    parser = argparse.ArgumentParser()
    ca.register(parser.add_subparsers())
    args = parser.parse_args(["ca", *words, "--config", str(config)])
    return args.run(args)


@pytest.fixture
def authority(state):
    return Authority.open_or_create(state / "ca", "Oak School")


def test_show_names_the_authority_its_fingerprint_and_its_place(config, authority, capsys):
    assert schoolgate(config, "show") == Exit.OK

    shown = capsys.readouterr().out
    assert "Oak School Schoolgate CA" in shown
    assert authority.fingerprint in shown
    assert str(authority.certificate_path) in shown
    assert "PRIVATE" not in shown


def test_show_speaks_json(config, authority, capsys):
    assert schoolgate(config, "show", "--json") == Exit.OK

    assert json.loads(capsys.readouterr().out) == {
        "name": "Oak School Schoolgate CA",
        "sha256": authority.fingerprint,
        "expires": authority.expires.isoformat(),
        "certificate": str(authority.certificate_path),
        "key": str(authority.path),
    }


def test_show_warns_when_the_authority_is_about_to_end(config, state, capsys):
    Authority.open_or_create(state / "ca", "Oak School", datetime.now(UTC) - timedelta(days=5 * 365 - 30))

    for words in (("show",), ("show", "--json")):
        assert schoolgate(config, *words) == Exit.NO
        assert "Plan the change to a new one now" in capsys.readouterr().err


def test_without_an_authority_the_commands_say_how_it_comes_to_be(config, capsys):
    assert schoolgate(config, "show") == Exit.FAILED
    assert schoolgate(config, "export", "--pem") == Exit.FAILED

    assert "there is no CA yet" in capsys.readouterr().err


def test_create_makes_it_once_under_the_schools_name(config, state, capsys):
    assert schoolgate(config, "create") == Exit.OK
    made = Authority(state / "ca").fingerprint
    assert schoolgate(config, "create") == Exit.OK

    assert Authority(state / "ca").fingerprint == made
    assert "Oak School Schoolgate CA" in capsys.readouterr().out


def test_export_writes_every_form_without_the_key(config, authority, tmp_path):
    read = {
        "pem": lambda octets: x509.load_pem_x509_certificate(octets),
        "der": lambda octets: x509.load_der_x509_certificate(octets),
        "mobileconfig": lambda octets: x509.load_der_x509_certificate(
            plistlib.loads(octets)["PayloadContent"][0]["PayloadContent"]
        ),
    }
    for form, reading in read.items():
        out = tmp_path / form
        assert schoolgate(config, "export", f"--{form}", "--out", str(out)) == Exit.OK
        assert reading(out.read_bytes()) == authority.certificate
        assert b"PRIVATE" not in out.read_bytes()


def test_export_writes_to_standard_output(config, authority, capfdbinary):
    assert schoolgate(config, "export", "--der") == Exit.OK

    assert x509.load_der_x509_certificate(capfdbinary.readouterr().out) == authority.certificate


def test_export_wants_one_form(config, authority, capsys):
    with pytest.raises(SystemExit) as caught:
        schoolgate(config, "export")

    assert caught.value.code == Exit.USAGE


def test_a_file_that_cannot_be_written_is_named(config, authority, tmp_path, capsys):
    assert schoolgate(config, "export", "--pem", "--out", str(tmp_path / "no" / "ca.pem")) == Exit.FAILED

    assert "ca.pem: cannot be written: No such file or directory" in capsys.readouterr().err


def test_a_key_that_others_can_read_is_complained_about(config, authority, capsys):
    authority.path.chmod(0o644)

    assert schoolgate(config, "show") == Exit.FAILED
    assert "make it 0600" in capsys.readouterr().err


def test_pac_names_the_proxy(config, capsys):
    assert schoolgate(config, "pac") == Exit.OK

    assert 'var PROXY = "PROXY 192.0.2.1:8080";' in capsys.readouterr().out


def test_pac_cannot_name_every_address(config, capsys):
    (config / "school.yaml").write_text(SETTINGS.replace("192.0.2.1:8080", "0.0.0.0:8080"))

    assert schoolgate(config, "pac") == Exit.FAILED
    assert "set block_page.addresses" in capsys.readouterr().err


def test_rotate_tickets_makes_a_new_key_and_keeps_the_old(config, state, capsys):
    old = Keyring.open_or_create(keyring_path(state), datetime.now(UTC)).current()

    assert schoolgate(config, "rotate-tickets") == Exit.OK

    keyring = Keyring(keyring_path(state))
    assert keyring.current().id in capsys.readouterr().out
    assert keyring.current() != old
    assert keyring.key(old.id).secret == old.secret
    assert stat.S_IMODE(keyring_path(state).stat().st_mode) == 0o600


def test_proposals_list_the_sites_that_refused_often_enough(config, state, capsys):
    (state / "run").mkdir(parents=True)
    moment = "2026-11-23T16:40:00+00:00"
    rows = [
        {"host": "bank.example", "spoken": 12, "silent": 0, "first": moment, "last": moment},
        {"host": "once.example", "spoken": 1, "silent": 9, "first": moment, "last": moment},
    ]
    (state / "run" / "cert-refusals-0.json").write_text(json.dumps({"version": 1, "hosts": rows}))

    assert schoolgate(config, "proposals", "--json") == Exit.OK
    assert json.loads(capsys.readouterr().out) == [{"host": "bank.example", "refused": 12, "last": moment}]
    assert schoolgate(config, "proposals") == Exit.OK
    assert "12 x  bank.example" in capsys.readouterr().out


def test_settings_with_problems_are_told_where_they_are_needed(config, capsys):
    (config / "school.yaml").write_text(SETTINGS + "unheard: 1\n")

    assert schoolgate(config, "pac") == Exit.FAILED
    assert "unheard" in capsys.readouterr().err
