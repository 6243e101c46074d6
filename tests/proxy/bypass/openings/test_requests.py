import pytest

from proxy.bypass.observed import Opening, Transport
from proxy.bypass.openings.requests import asked_of_proxy, asked_of_tunnel


@pytest.mark.parametrize(
    ("head", "technique"),
    [
        (b"SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n", "vpn.sstp"),
        (b"CONNECT /CSCOSSLC/tunnel HTTP/1.1\r\n", "vpn.anyconnect"),
        (
            b"POST / HTTP/1.1\r\nHost: vpn.example\r\nX-AnyConnect-Platform: linux-64\r\n\r\n",
            "vpn.anyconnect",
        ),
        (b"POST /vpnsvc/connect.cgi HTTP/1.1\r\n", "vpn.softether"),
        (b"POST /x HTTP/1.1\r\nHost: a\r\n\r\nVPNCONNECT", "vpn.softether"),
        (b"POST /ts2021 HTTP/1.1\r\n", "vpn.tailscale"),
        (b"GET /x HTTP/1.1\r\nUpgrade: tailscale-control-protocol\r\n\r\n", "vpn.tailscale"),
        (b"RDG_OUT_DATA /remoteDesktopGateway/ HTTP/1.1\r\n", "remote.rd_gateway"),
        (b"GET /din.aspx?s=0&id=0&client=DynGate HTTP/1.0\r\n", "remote.teamviewer"),
        (b"GET /tor/status-vote/current/consensus HTTP/1.0\r\n", "tor.relay"),
        (b"GET /tor/ HTTP/1.1\r\n", ""),
        (b"GET /derpy HTTP/1.1\r\n", ""),
        (b"POST / HTTP/1.1\r\nHost: www.example\r\n\r\n", ""),
        (b"POST / HTTP/1.1\r\n" + b"a: b\r\n" * 2000, ""),
    ],
)
def test_requests_of_tunnels_are_told(head, technique):
    assert asked_of_tunnel(head)[0] == technique


def test_the_line_is_shown_without_what_is_asked():
    assert asked_of_tunnel(b"GET /din.aspx?s=77&id=99 HTTP/1.0\r\n")[1] == "GET /din.aspx"


PROXIES = frozenset({"192.0.2.8:8080", "[2001:db8::8]:8080"})


@pytest.mark.parametrize(
    ("destination", "port", "first", "expected"),
    [
        pytest.param("192.0.2.9", 8080, b"CONNECT a.example:443 HTTP/1.1\r\n", "a.example", id="CONNECT"),
        pytest.param(
            "192.0.2.9", 80, b"GET http://a.example/x HTTP/1.1\r\n", "a.example", id="absolute form"
        ),
        pytest.param("192.0.2.8", 8080, b"CONNECT a.example:443 HTTP/1.1\r\n", "", id="the school's proxy"),
        pytest.param("2001:db8::8", 8080, b"CONNECT a.example:443 HTTP/1.1\r\n", "", id="version 6"),
        pytest.param("192.0.2.9", 80, b"GET /http://a.example/ HTTP/1.1\r\n", "", id="in the path"),
    ],
)
def test_requests_to_a_proxy_are_told(destination, port, first, expected):
    assert asked_of_proxy(Opening(Transport.TCP, port, destination, first), PROXIES) == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        pytest.param(b"CONNECT b.example:443 HTTP/1.1\r\n", "b.example", id="CONNECT"),
        pytest.param(b"GET https://b.example/ HTTP/1.1\r\n", "b.example", id="another host"),
        pytest.param(b"GET https://a.example/x HTTP/1.1\r\n", "", id="the whole address of its own page"),
        pytest.param(b"GET https://A.example:443/x HTTP/1.1\r\n", "", id="with a port"),
        pytest.param(b"CONNECT a.example:443 HTTP/1.1\r\n", "a.example", id="CONNECT to itself"),
    ],
)
def test_inside_tls_a_whole_address_of_the_server_itself_is_no_proxys(first, expected):
    opening = Opening(Transport.TCP, 443, first=first, sni="a.example", is_inside=True)
    assert asked_of_proxy(opening, frozenset()) == expected
    assert asked_of_proxy(opening, frozenset({"a.example:443"})) == ""
