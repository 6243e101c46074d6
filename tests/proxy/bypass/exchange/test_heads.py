import pytest

from proxy.bypass.exchange.heads import known_answer, known_request, known_service
from tests.fakes.exchanges import answered, asked, shipped, techniques

SESSION = "0123456789abcdef0123456789abcdef"
UUID = "1f2d3c4b-0000-4000-8000-aabbccddeeff"
FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(
            asked("https://a.example.org/x/hvtrs8%2F-wuw%2Cgmoelg.aoo%2F"),
            "webproxy.ultraviolet.url",
            id="xor",
        ),
        pytest.param(
            asked("https://a.example.org/js/uv.bundle.js?v=2"), "webproxy.ultraviolet.asset", id="uv"
        ),
        pytest.param(
            asked("https://a.example.org/s/scramjet.all.js"), "webproxy.scramjet.asset", id="scramjet"
        ),
        pytest.param(
            asked(f"https://a.example.org/{SESSION}/https://b.example/"),
            "webproxy.rammerhead.url",
            id="rammerhead",
        ),
        pytest.param(
            asked(f"https://a.example.org/{SESSION}/_rhsK2b3"), "webproxy.rammerhead.url", id="shuffled"
        ),
        pytest.param(
            asked("https://192.0.2.9/?__cpo=aHR0cHM6Ly93d3cucmVkZGl0LmNvbQ"),
            "webproxy.croxyproxy",
            id="croxy",
        ),
        pytest.param(
            asked("http://a.example.org/cgi/nph-p.cgi/en/00/http/b.example/"),
            "webproxy.cgi_proxy.url",
            id="CGIProxy",
        ),
        pytest.param(
            asked("http://a.example.org/index.php?_proxurl=aHR0"), "webproxy.php_proxy.query", id="PHProxy"
        ),
        pytest.param(
            asked(
                "https://a.example.org/w/",
                fields={"upgrade": "websocket", "sec-websocket-protocol": "wisp-v2"},
            ),
            "webproxy.wisp",
            id="wisp",
        ),
        pytest.param(
            asked(
                "https://a.example.org/sra_%7BBA195980-CD49-458b-9E23-C84EE0ADCD75%7D/", "SSTP_DUPLEX_POST"
            ),
            "vpn.sstp_http",
            id="SSTP",
        ),
        pytest.param(
            asked("https://a.example.org/vpnsvc/connect.cgi", "POST"), "vpn.softether_http", id="SoftEther"
        ),
        pytest.param(
            asked("https://a.example.org/", fields={"x-cstp-version": "1"}),
            "vpn.anyconnect_http",
            id="AnyConnect",
        ),
        pytest.param(
            asked("https://a.example.org/x", fields={"upgrade": "DERP"}), "vpn.tailscale_http", id="DERP"
        ),
        pytest.param(
            asked("https://a.example.org/Abc/Tun", "POST", fields={"content-type": "application/grpc"}),
            "tunnel.grpc",
            id="gRPC",
        ),
        pytest.param(asked(f"https://a.example.org/p?x_padding={'X' * 100}"), "tunnel.xhttp", id="XHTTP"),
        pytest.param(
            asked("https://a.example.org/", fields={"sec-websocket-protocol": "chisel-v3"}),
            "tunnel.websocket",
            id="chisel",
        ),
        pytest.param(
            asked(
                "https://a.example.org/v1/events",
                fields={"sec-websocket-protocol": "v1, authorization.bearer.eyJ0"},
            ),
            "tunnel.websocket",
            id="wstunnel",
        ),
        pytest.param(
            asked("https://a.example.org/.well-known/masque/udp/192.0.2.1/443/"), "tunnel.masque", id="MASQUE"
        ),
        pytest.param(asked("https://a.example.org/tor/status-vote/current/consensus"), "tor.http", id="Tor"),
        pytest.param(
            asked("https://a.example.org/", "RDG_OUT_DATA"), "remote.rd_gateway_http", id="RD gateway"
        ),
        pytest.param(
            asked("https://a.example.org/novnc/vnc.html?host=b&port=6080"), "remote.desktop_web", id="noVNC"
        ),
        pytest.param(
            asked(
                "https://a.example.org/odoh",
                "POST",
                fields={"content-type": "application/oblivious-dns-message"},
            ),
            "dns.oblivious",
            id="ODoH",
        ),
        pytest.param(
            asked("https://a.example.org/gw", "POST", fields={"content-type": "message/ohttp-req"}),
            "dns.oblivious",
            id="OHTTP",
        ),
        pytest.param(
            asked("https://www.youtube-nocookie.com/embed/abc"), "safesearch.unrestricted_player", id="player"
        ),
        pytest.param(
            asked("https://me.github.io/retro-bowl/index.html"), "mirror.games", id="a mirror by its path"
        ),
        pytest.param(asked("https://api.nordvpn.com/"), "vpn.app_api", id="a host that an app asks"),
        pytest.param(asked("https://hide.me/api/plans"), "vpn.app_api", id="a VPN's API"),
        pytest.param(asked("https://www.expressvpn.com/latest"), "vpn.app_api", id="a VPN's app is fetched"),
        pytest.param(asked("https://mullvad.net/en/download/vpn/linux"), "vpn.app_api", id="its other page"),
        pytest.param(
            asked("https://www.ivpn.net/", fields={"user-agent": "okhttp/4.12.0"}), "vpn.app_api", id="an app"
        ),
        pytest.param(
            asked("https://us-browse.startpage.com/av/proxy?ek=4a&ep=5a4e"), "webproxy.hosted", id="Startpage"
        ),
        pytest.param(
            asked(f"https://a.example.org/lab/tunnel?read:{UUID}:17"), "remote.desktop_ws", id="Guacamole"
        ),
        pytest.param(
            asked(f"https://a.example.org/tunnel?write:{UUID}", "POST"), "remote.desktop_ws", id="it writes"
        ),
        pytest.param(
            asked("https://a.example.org/lab/tunnel?connect", "POST", fields=FORM),
            "remote.desktop_ws",
            id="it begins",
        ),
        pytest.param(
            asked("https://a.example.org/?q=aHR0cHMlM0ElMkYlMkZi"), "webproxy.coded_url", id="coded twice"
        ),
    ],
)
def test_requests_that_show_a_tool(seen, expected):
    assert set(techniques(known_request, seen)) == {expected}


@pytest.mark.parametrize(
    "seen",
    [
        asked("https://www.nasa.gov/image-detail/ultraviolet-moon/"),
        asked("https://www.nasa.gov/aeronautics/scramjet/"),
        asked("https://support.example.org/service/request?ticket=8812"),
        asked("https://media.example.org/0123456789abcdef0123456789abcdef/https-guide.html"),
        asked("https://en.wikipedia.org/wiki/Tor_(network)"),
        asked("https://www.example.org/browse.php?u=12&b=29"),
        asked("https://www.example.org/calendar/v1/events"),
        asked("https://lessons.example.org/retro-bowl/index.html"),
        asked("https://www.youtube-nocookie.com/s/player/base.js"),
        asked(
            "https://google-ohttp-relay-safebrowsing.fastly-edge.com/",
            "POST",
            fields={"content-type": "message/ohttp-req"},
        ),
        asked(
            "https://api.example.org/pkg.Service/Turn",
            "POST",
            fields={"content-type": "application/grpc-web"},
        ),
        asked(
            "https://chat.example.org/ws",
            fields={"upgrade": "websocket", "sec-websocket-protocol": "graphql-ws"},
        ),
        asked("https://www.example.org/download/vnc.html"),
        asked("https://www.startpage.com/do/search?query=proxy"),
        pytest.param(asked("https://trains.example.org/tunnel?connect"), id="a tunnel that is shown"),
        pytest.param(
            asked("https://trains.example.org/tunnel?read:more", "POST", fields=FORM), id="of trains"
        ),
        pytest.param(asked("https://www.expressvpn.com/blog/what-is-a-vpn"), id="a VPN maker's page"),
        pytest.param(asked("https://lessons.example.org/api/v1/servers"), id="another's API"),
        pytest.param(
            asked("https://github.com/titaniumnetwork-dev/Ultraviolet/blob/main/src/uv.sw.js"), id="a source"
        ),
    ],
    ids=lambda seen: f"{seen.url.host}{seen.url.path}",
)
def test_requests_that_look_alike_are_nothing(seen):
    assert techniques(known_request, seen) == []


@pytest.mark.parametrize(
    ("type_", "fields", "expected"),
    [
        pytest.param("application/x-openvpn-profile", (), ["vpn.profile"], id="OpenVPN"),
        pytest.param(
            "text/plain",
            (("subscription-userinfo", "upload=1; total=2"),),
            ["vpn.profile"],
            id="subscription",
        ),
        pytest.param(
            "text/html", (("guacamole-tunnel-token", "abc"),), ["remote.desktop_ws"], id="Guacamole"
        ),
        pytest.param("text/html", (("server", "nginx"),), [], id="ordinary"),
    ],
)
def test_answers_that_show_a_tool(type_, fields, expected):
    assert techniques(known_answer, answered("https://a.example.org/", type_, fields=fields)) == expected


def test_a_service_is_known_by_its_name():
    for host in ("www.hidester.com", "us14.croxyproxy.org", "proxyorb.com", "www.proxfree.com"):
        assert techniques(known_service, asked(f"https://{host}/proxy/")) == ["webproxy.hosted"]
    assert techniques(known_service, asked("https://www.example.org/hidester.com")) == []


def test_a_short_address_of_croxyproxy_is_not_whole_in_the_evidence():
    seen = asked("https://192.0.2.9/?__cpo=aHR0cHM6Ly9hLmIvP3Q9U0VDUkVU")
    (sign,) = known_request(seen, shipped())
    assert "aHR0cHM6" in str(sign.evidence)
    assert "Ly9hLmIv" not in str(sign.evidence)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"sec-fetch-dest": "script", "sec-fetch-site": "same-origin"}, "incident", id="run"),
        pytest.param(
            {"sec-fetch-dest": "script", "sec-fetch-site": "cross-site"}, "block", id="of another site"
        ),
        pytest.param({"sec-fetch-dest": "document"}, "block", id="looked at"),
        pytest.param({}, "block", id="unsaid"),
    ],
)
def test_a_programs_file_accuses_only_where_a_page_of_its_site_runs_it(fields, expected):
    for file in ("uv/uv.bundle.js", "scram/scramjet.all.js"):
        signs = list(known_request(asked(f"https://a.example.org/{file}", fields=fields), shipped()))
        assert max(sign.consequence.value for sign in signs) == expected


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        pytest.param("https://a.example.org/wisp/", {"upgrade": "websocket"}, id="wisp"),
        pytest.param("https://a.example.org/bare/v1/", {}, id="bare"),
    ],
)
def test_a_path_alone_is_stopped_and_accuses_nobody(url, fields):
    signs = known_request(asked(url, fields=fields), shipped())
    assert [sign.consequence.value for sign in signs] == ["block"]
