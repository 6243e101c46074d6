import json
from ipaddress import ip_network

import pytest

from known_ways import delivered
from policies import GOOGLE, school_time
from proxy.bypass.surroundings import Surroundings
from proxy.decision.permits import Permit
from proxy.decision.pipeline import decide
from proxy.decision.request import Attempt, Request, Stage
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Action
from proxy.replay.errors import NoRules
from proxy.replay.formats.fields import Fields
from proxy.replay.rows import Who
from proxy.replay.sample_policy import SamplePolicy, ports_in
from recorded_rows import write_policy


def read(tmp_path, **changes):
    return SamplePolicy(write_policy(tmp_path, **changes))


@pytest.mark.parametrize(
    ("what", "action"),
    [
        ("https://play.arcade.example/", Action.BLOCK),
        ("https://chatter.example/", Action.BLOCK),
        ("https://pages.example/view/arcade/1", Action.BLOCK),
        ("https://pages.example/view/maths", Action.ALLOW),
        ("https://www.google.com/search?q=cats", Action.REWRITE),
        ("https://www.example.org/", Action.ALLOW),
    ],
)
@pytest.mark.parametrize("role", ["student", "staff", "it"])
def test_everybody_is_judged_by_hosts_prefixes_and_safe_search(tmp_path, what, action, role):
    sample = read(tmp_path)
    policy, _ = sample.policy({"google": GOOGLE})
    url = parse_url(what)
    subject = sample.subjects("")(Who(role))
    request = Request(Attempt("", Stage.HTTP, url.host, url), subject, school_time("10:00"))
    assert decide(request, policy).action is action


def test_what_is_unknown_is_left_out_and_said(tmp_path):
    policy, notes = read(tmp_path).policy({"google": GOOGLE})
    assert notes == ("safe search of 'youtube' is unknown and not enforced",)
    assert set(policy.engines) == {"google"}


@pytest.mark.parametrize(
    ("who", "group"),
    [
        pytest.param(Who("it"), "it", id="a role"),
        pytest.param(Who("Staff"), "staff", id="a role in capitals"),
        pytest.param(Who("staff", "10.1.32.1"), "staff", id="a role goes before an address"),
        pytest.param(Who("", "10.1.2.9"), "it", id="an address"),
        pytest.param(Who("", "10.1.8.9"), "staff", id="an address of staff"),
        pytest.param(Who("", "192.0.2.1"), "student", id="an address of nobody"),
        pytest.param(Who("", "2001:db8::1"), "student", id="an address of IPv6"),
        pytest.param(Who("robot"), "student", id="a role that nobody has"),
        pytest.param(Who(), "student", id="nothing"),
    ],
)
def test_who_is_who(tmp_path, who, group):
    assert read(tmp_path).subjects("")(who).group == group
    assert read(tmp_path).subjects("staff")(who).group == "staff"


def test_only_students_are_minors(tmp_path):
    subjects = read(tmp_path).subjects("")
    assert [subjects(Who(role)).minor for role in ("student", "staff", "it")] == [True, False, False]


def test_permits_follow_roles(tmp_path):
    policy, _ = read(tmp_path).policy({})
    found = {role: {p.id: p for p in policy.scopes[role].permits} for role in ("student", "staff", "it")}
    assert found["student"] == {}
    assert set(found["it"]) - set(found["staff"]) == {"remote"}
    assert found["staff"]["vpn-0"] == Permit(
        "vpn-0", "vpn", "policy.json", "a VPN that the school allows", frozenset({"vpn.oak.example"}),
        frozenset({51820, 443}),
    )  # fmt: skip
    assert found["staff"]["vpn-0-vpn"].ports == found["staff"]["vpn-0-egress"].ports == {51820}
    assert found["staff"]["egress"].ports == found["it"]["tls.port"].ports == {993}
    assert found["staff"]["host.ip_literal"].hosts == frozenset()


@pytest.mark.parametrize(
    ("host", "permitted"),
    [
        pytest.param("198.51.100.7", ["198.51.100.7"], id="an address"),
        pytest.param("vpn.oak.example", ["198.51.100.7", "203.0.113.9"], id="a name, which no datagram says"),
    ],
)
def test_datagrams_go_to_the_address_of_the_vpn_where_it_is_known(tmp_path, host, permitted):
    policy, _ = read(tmp_path, allowed_vpn=[{"roles": ["staff"], "host": host, "udp": [51820]}]).policy({})
    sign = delivered().sign("vpn.wireguard", 1.0, {})
    places = ["198.51.100.7", "203.0.113.9"]
    permits = policy.scopes["staff"].permits
    found = [each for each in places if any(permit.is_about(sign, each, 51820) for permit in permits)]
    assert found == permitted


def test_where_the_school_stands(tmp_path):
    assert read(tmp_path).around == Surroundings(
        networks=(ip_network("10.1.0.0/16"),),
        zones=frozenset({"oak.example"}),
        resolvers=frozenset({"10.1.0.53"}),
        tcp_out=frozenset({80, 443, 5223}),
        udp_out=frozenset({123, 3478, 3479, 3480, 3481}),
        privileged=(ip_network("10.1.2.0/24"), ip_network("10.1.8.0/24")),
    )


def test_only_blocked_hosts_are_needed(tmp_path):
    file = tmp_path / "policy.json"
    file.write_text('{"blocked_hosts": {}}')
    sample = SamplePolicy(file)
    assert sample.policy({})[1] == ()
    assert sample.around == Surroundings()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            {"lan_cidrs": ["10.1.0.0/40"]},
            "lan_cidrs: it is '10.1.0.0/40' (it should be an address range",
            id="range",
        ),
        pytest.param(
            {"gateway_resolver": "dns"}, "gateway_resolver: it is 'dns' (it should be IP addresses)", id="IP"
        ),
        pytest.param({"blocked_hosts": []}, "blocked_hosts: it is no object", id="hosts"),
        pytest.param({"blocked_hosts": {"a b": "x"}}, "blocked_hosts: 'a b' is no host", id="host"),
        pytest.param({"blocked_hosts": {"a.example": 3}}, "a.example: it is 3", id="category"),
        pytest.param(
            {"egress": {"udp_allowed_out": ["some"]}}, "egress.udp_allowed_out: 'some' is no port", id="port"
        ),
        pytest.param({"staff_cidr": "x"}, "staff_cidr: it is 'x'", id="staff"),
        pytest.param({"allowed_vpn": {}}, "allowed_vpn: it is {}", id="vpn"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, message):
    with pytest.raises(NoRules) as raised:
        read(tmp_path, **change)
    assert message in raised.value.problems[0]


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"rows": 1})])
def test_what_is_no_policy_is_named(tmp_path, text):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(NoRules, match=r"p\.json is no (JSON|policy)"):
        SamplePolicy(tmp_path / "p.json")


def test_a_group_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NoRules, match=r"there is no group 'teachers'\. Groups: student, staff, it"):
        read(tmp_path).subjects("teachers")


@pytest.mark.parametrize(
    ("written", "ports"),
    [([80, "443"], [80, 443]), ("3478-3480 (media)", [3478, 3479, 3480]), ([], [])],
)
def test_ports(written, ports):
    assert list(ports_in(Fields({"p": written}), "p")) == ports
