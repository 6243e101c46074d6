"""Permits, as they are written, checked and put in force."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from proxy.bundle.load import load_current
from proxy.decision.permits import Permit
from proxy.settings import Settings, load
from proxy.settings.to_policy import _permits
from small_settings import changed, write_settings
from written_school import write_school

TECHNIQUES = """\
version: 1
techniques:
  - {id: vpn.wireguard, title: WireGuard, nature: anonymizer, consequence: block, explanation: It is a VPN.}
  - {id: remote.rdp, title: Desktop, nature: anonymizer, consequence: block, explanation: It is a desktop.}
"""
PERMIT = "id: p-1, technique: vpn, decided_by: Head of IT, reason: The district's network"


def loaded(tmp_path, permit):
    text = changed("staff, minor: false", f"staff, minor: false, permits: {permit}")
    directory = write_settings(tmp_path, text)
    (directory / "blocklists" / "bypass").mkdir()
    (directory / "blocklists" / "bypass" / "vpn.yaml").write_text(TECHNIQUES)
    return load(directory)


def staff(settings):
    return next(group for group in settings.groups if group.id == "staff")


def test_a_permit_becomes_one_of_the_policys_scope(tmp_path):
    more = "hosts: [VPN.District.Example., 192.0.2.9], ports: [51820], ends: 2026-12-18"
    settings = loaded(tmp_path, f"[{{{PERMIT}, {more}}}]").settings
    assert settings is not None
    assert staff(settings).permits[0].ends == date(2026, 12, 18)
    assert _permits(staff(settings), settings.time_zone) == (
        Permit(
            id="p-1",
            technique="vpn",
            decided_by="Head of IT",
            reason="The district's network",
            hosts=frozenset({"vpn.district.example", "192.0.2.9"}),
            ports=frozenset({51820}),
            ends=datetime(2026, 12, 19, tzinfo=ZoneInfo("America/Chicago")),
        ),
    )
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize(
    ("technique", "is_known"),
    [
        pytest.param("vpn", True, id="a family"),
        pytest.param("vpn.wireguard", True, id="one technique"),
        pytest.param("vpn.wiregard", False, id="a slip of the pen"),
        pytest.param("wireguard", False, id="the last part alone"),
        pytest.param("fault", False, id="what a detector failed at"),
    ],
)
def test_a_permit_is_for_a_technique_that_there_is(tmp_path, technique, is_known):
    found = loaded(tmp_path, f"[{{{PERMIT.replace('vpn', technique)}}}]")
    assert [problem.message for problem in found.problems] == (
        [] if is_known else [f"no technique is called '{technique}'"]
    )


def test_the_message_says_which_there_are(tmp_path):
    (problem,) = loaded(tmp_path, f"[{{{PERMIT.replace('vpn', 'vpm')}}}]").problems
    assert problem.path == "groups.staff.permits.p-1.technique"
    assert problem.hint == (
        "did you mean 'vpn'? Known: remote, remote.rdp, vpn, vpn.wireguard (blocklists/bypass)"
    )


def test_two_permits_have_two_ids(tmp_path):
    (problem,) = loaded(tmp_path, f"[{{{PERMIT}}}, {{{PERMIT}}}]").problems
    assert (problem.path, problem.message) == (
        "groups.staff.permits.p-1.id",
        "the id 'p-1' is used by two permits",
    )


def test_a_permit_says_who_answers_for_it_and_why(tmp_path):
    found = loaded(tmp_path, "[{id: p-1, technique: vpn}]")
    assert [problem.message for problem in found.problems] == [
        "the key 'decided_by' is missing",
        "the key 'reason' is missing",
    ]


def test_a_host_is_a_name_or_an_address(tmp_path):
    (problem,) = loaded(tmp_path, f"[{{{PERMIT}, hosts: ['not a host']}}]").problems
    assert problem.message.startswith("'not a host' is neither a host name nor an address")


def test_a_published_policy_has_its_permits(tmp_path):
    school = write_school(tmp_path)
    groups = school.settings().model_dump(mode="json", exclude_unset=True)["groups"]
    permit = {"id": "p-1", "technique": "vpn", "decided_by": "IT", "reason": "r", "ports": [443]}
    groups[1]["permits"] = [{**permit, "ends": "2026-12-18"}]
    school.change(groups=groups)
    school.publish()
    policy = load_current(school.state).policy
    (found,) = policy.scopes["staff"].permits
    assert (found.id, found.ports, found.ends) == (
        "p-1",
        frozenset({443}),
        datetime(2026, 12, 19, tzinfo=ZoneInfo("America/Chicago")),
    )
    assert policy.scopes["pupils"].permits == ()
