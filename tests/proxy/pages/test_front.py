import plistlib

import pytest
from cryptography import x509

import policies
from block_page_school import KnownAliases, School, served, settings
from proxy.decision.policy import Audience, Override, Target
from proxy.decision.verdict import Action
from proxy.settings.schema import Settings

LISTED = {"games.example": ["games"], "x.example": ["pornography"], "shop.example/games": ["games"]}


def opened(path, *, inspect):
    """A school where one page of a blocked site is approved."""
    page = Override(
        "o-1", Action.ALLOW, Target("games.example", "/chess"), Audience(groups=frozenset({"pupils"})),
        "chess club", "Ms Lee",
    )  # fmt: skip
    plain = settings().model_dump(mode="json")
    plain["networks"] = [{"id": "lan", "addresses": ["127.0.0.0/9"], "group": "pupils", "inspect": inspect}]
    changed = Settings.model_validate(plain)
    school = School(path, changed)
    school.adopt(policies.policy(LISTED, overrides=(page,)))
    return school


@pytest.fixture
def school(tmp_path):
    school = School(tmp_path)
    school.adopt(policies.policy(LISTED))
    return school


@pytest.fixture
def host(school):
    with served(school) as running:
        yield running


def test_a_blocked_name_gets_the_block_page_over_http_and_https(host):
    for answer in (host.get("www.games.example", "/a"), host.get_tls("www.games.example", "/a")):
        assert answer.status == 403
        assert "This page is blocked" in answer.text
        assert "www.games.example/a" in answer.text


def test_a_blocked_page_of_an_open_site_is_blocked(host):
    assert host.get("shop.example", "/games/1").status == 403
    assert host.get("shop.example", "/books").status == 200


def test_what_is_open_by_now_gets_a_link_to_load_it_again(host):
    answer = host.get("open.example:8080", "/a?b=<c>&d", Accept="text/html")

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'href="http://open.example:8080/a?b=&lt;c&gt;&amp;d"' in answer.text


def test_a_link_to_load_again_never_leads_to_another_host(host):
    assert 'href="http://open.example//evil.example/"' in host.get("open.example", "//evil.example/").text


def test_a_request_that_a_link_cannot_repeat_gets_none(host):
    answer = host.get("open.example", method="POST", body=b"x")

    assert "open now" in answer.text
    assert "href" not in answer.text


@pytest.mark.parametrize(
    ("sni", "named"),
    [
        pytest.param("games.example", "open.example", id="the handshake is blocked"),
        pytest.param("open.example", "games.example", id="the Host field is blocked"),
        pytest.param("games.example", "block.school.example", id="behind the filter's own name"),
    ],
)
def test_of_two_names_the_strictest_verdict_counts(host, sni, named):
    answer = host.get_tls(named, sni=sni)

    assert answer.status == 403
    assert "games-list" in answer.text


def test_an_absolute_target_is_judged_and_never_fetched(host):
    answer = host.get("open.example", "http://games.example/a")

    assert answer.status == 403


def test_a_name_that_leads_to_something_blocked_stays_blocked(school):
    with served(school, KnownAliases({"cover.example": "games.example"})) as host:
        answer = host.get("cover.example")

        assert answer.status == 403
        assert "It leads to games.example, which is blocked." in answer.text
        assert host.get("open.example").status == 200


def test_an_approved_page_of_a_blocked_site_is_open_to_inspected_devices_alone(tmp_path):
    for inspect, status in ((True, 200), (False, 403)):
        with served(opened(tmp_path / str(inspect), inspect=inspect)) as host:
            assert host.get("games.example", "/chess").status == status
            assert host.get("games.example", "/other").status == 403


def test_every_visit_is_recorded_once_with_its_verdict(host):
    host.get("games.example", "/a.png", Referer="http://search.example/?q=x")
    host.get("open.example")
    host.get("block.school.example")

    events = host.school.events()

    assert [(e.host, e.action.value, e.referring_host, e.stage.value) for e in events] == [
        ("games.example", "block", "search.example", "http"),
        ("open.example", "allow", "", "http"),
    ]


@pytest.mark.parametrize("name", ["block.school.example", "192.0.2.1", "127.0.0.1"])
def test_under_its_own_names_the_host_shows_its_own_page(host, name):
    answer = host.get(name)

    assert answer.status == 200
    assert "Set up a device" in answer.text
    assert host.school.authority.fingerprint in answer.text


def test_the_certificate_is_offered_in_every_form(host):
    certificate = host.school.authority.certificate

    pem = host.get("block.school.example", "/ca.pem")
    der = host.get("block.school.example", "/ca.crt")
    profile = host.get("block.school.example", "/schoolgate.mobileconfig")

    assert x509.load_pem_x509_certificate(pem.body) == certificate
    assert x509.load_der_x509_certificate(der.body) == certificate
    assert plistlib.loads(profile.body)["PayloadDisplayName"] == "Oak School Schoolgate CA"
    assert [one.headers["Content-Type"] for one in (pem, der, profile)] == [
        "application/x-pem-file",
        "application/x-x509-ca-cert",
        "application/x-apple-aspen-config",
    ]
    assert b"PRIVATE" not in pem.body + der.body + profile.body


@pytest.mark.parametrize(
    ("listen", "proxy"),
    [
        pytest.param("192.0.2.1:8080", "PROXY 192.0.2.1:8080", id="one address"),
        pytest.param("0.0.0.0:3128", "PROXY 127.0.0.1:3128", id="every address: the one the client reached"),
    ],
)
def test_the_pac_file_names_the_proxy(tmp_path, listen, proxy):
    plain = settings().model_dump(mode="json")
    plain["proxy"]["listen"] = listen
    school = School(tmp_path, Settings.model_validate(plain))
    with served(school) as host:
        answer = host.get("block.school.example", "/proxy.pac")

    assert answer.headers["Content-Type"] == "application/x-ns-proxy-autoconfig"
    assert f'var PROXY = "{proxy}";' in answer.text


def test_the_pac_file_leads_to_the_console_directly(tmp_path):
    plain = settings().model_dump(mode="json")
    plain["console"] = {"url": "https://ask.school.example", "trusted_proxies": ["192.0.2.1/32"]}
    with served(School(tmp_path, Settings.model_validate(plain))) as host:
        answer = host.get("block.school.example", "/proxy.pac")

    zones = answer.text.partition("var DIRECT_ZONES = ")[2].partition(";")[0]
    assert '"ask.school.example"' in zones


def test_other_paths_of_its_own_are_not_there(host):
    for path in ("/ca.key", "/schoolgate-ca.pem", "/../../etc/passwd", "/ca.pem/"):
        assert host.get("block.school.example", path).status == 404


def test_before_the_first_policy_everything_is_refused_and_the_own_page_stands(tmp_path):
    with served(School(tmp_path)) as host:
        assert host.get("open.example").status == 503
        assert host.get("block.school.example").status == 200


@pytest.mark.parametrize(
    ("name", "target", "english", "spanish"),
    [
        pytest.param(
            "games.example", "/", "This page is blocked", "Esta página está bloqueada", id="blocked"
        ),
        pytest.param("open.example", "/", "This page is open now", "Esta página ya está abierta", id="open"),
        pytest.param("127.0.0.1", "/", "Set up a device", "Preparar un dispositivo", id="its own page"),
        pytest.param(
            "127.0.0.1", "/gone", "There is no such page", "Aquí no hay tal página", id="no such page"
        ),
    ],
)
def test_every_page_is_in_the_language_that_the_browser_asks_for(host, name, target, english, spanish):
    told = {
        language: host.get(name, target, Accept_Language=f"{language}-US,{language};q=0.9,*;q=0.1")
        for language in ("en", "es", "de")
    }

    assert [english in told[one].text for one in ("en", "de", "es")] == [True, True, False]
    assert spanish in told["es"].text
    assert [one.headers["Content-Language"] for one in told.values()] == ["en", "es", "en"]
    assert {one.headers["Vary"] for one in told.values()} == {"Accept-Language"}
    assert '<html lang="es" dir="ltr">' in told["es"].text
