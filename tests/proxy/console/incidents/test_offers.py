"""What of an incident can be left uncounted, or allowed."""

from acts_seen import act
from found_incidents import Act
from proxy.console.incidents import offers
from proxy.console.incidents.offers import (
    Place,
    Places,
    Way,
    acts_of,
    is_about_the_same,
    kind_at,
    places,
    ways,
)


def test_each_site_has_the_families_that_were_seen_there_the_weightiest_first(school):
    found = school.incident(
        Act("vpn.example", "vpn.app", weight=0.5), Act("games.example", "webproxy.bare", weight=0.9),
        Act("games.example", "webproxy.ultraviolet", weight=0.1),
        Act("games.example", "dns.doh", weight=0.1), Act("", "vpn.wireguard", weight=0.3),
    )  # fmt: skip
    assert places(found) == Places(
        (Place("games.example", ("dns", "webproxy")), Place("vpn.example", ("vpn",)),
         Place("", ("vpn.wireguard",))),
    )  # fmt: skip
    assert list(places(found).by_value()) == [
        "games.example dns webproxy", "vpn.example vpn", "- vpn.wireguard",
    ]  # fmt: skip


def test_only_what_leads_to_a_host_can_be_allowed(school):
    found = school.incident(Act("", "vpn.wireguard"), Act("vpn.example", "vpn.app", weight=0.5))
    number = found.findings.get(host="vpn.example").pk
    assert ways(found) == [
        Way(str(number), "vpn.app", "vpn.example"), Way(f"{number}+", "vpn", "vpn.example"),
    ]  # fmt: skip
    assert [way.value for way in ways(found)] == [
        f"{number} vpn.app vpn.example", f"{number}+ vpn vpn.example",
    ]  # fmt: skip


def test_each_way_can_be_allowed_and_every_one_of_a_kind_each_offered_once(school):
    found = school.incident(
        Act("a.example", "webproxy.bare"), Act("a.example", "webproxy.bare", weight=0.5),
        Act("a.example", "webproxy.ultraviolet", weight=0.4), Act("b.example", "webproxy.bare", weight=0.3),
        Act("a.example", "tunnel", weight=0.2),
    )  # fmt: skip
    assert [(way.technique, way.host) for way in ways(found)] == [
        ("webproxy.bare", "a.example"), ("webproxy.ultraviolet", "a.example"), ("webproxy.bare", "b.example"),
        ("tunnel", "a.example"), ("webproxy", "a.example"), ("webproxy", "b.example"),
    ]  # fmt: skip


def test_more_sites_than_somebody_can_look_at_are_offered_as_one(school, monkeypatch):
    monkeypatch.setattr(offers, "MOST_PLACES", 2)
    acts = [Act(f"h{number}.example", weight=0.9 - number / 10) for number in range(3)]
    found = school.incident(
        *acts, Act("h0.example", "dns.doh", weight=0.1), Act("h3.example", "vpn.app", weight=0.1),
        Act("", "vpn.ike", weight=0.01),
    )  # fmt: skip
    told = places(found).by_value()
    assert list(told) == [
        "h0.example dns webproxy", "h1.example webproxy", "- vpn.ike", "+ 2 vpn webproxy",
    ]  # fmt: skip
    assert [place.site for place in told["+ 2 vpn webproxy"]] == ["h2.example", "h3.example"]


def test_an_incident_has_other_acts_when_one_joins_or_another_weighs_most_and_not_when_one_goes_on(school):
    found = school.incident(Act("a.example", "webproxy.bare"))
    before = acts_of(found)
    found.findings.update(times=99, weight=1.0)
    assert acts_of(found) == before
    found.technique = "vpn.app"
    assert acts_of(found) != before
    found.technique = "webproxy.bare"
    act(who=found.who, incident=found)
    assert acts_of(found) != before


def test_of_a_technique_its_family_is_meant_where_the_site_is_known():
    assert kind_at("games.example", "webproxy.ultraviolet.url") == "webproxy"
    assert kind_at("", "webproxy.ultraviolet.url") == "webproxy.ultraviolet.url"


def test_values_are_about_the_same_by_their_first_word():
    assert is_about_the_same("a.example dns", "a.example dns vpn")
    assert not is_about_the_same("a.example dns", "a.example.org dns")
