"""What a foreign page makes a browser ask for is stopped, and counted for nobody."""

import pytest

from known_ways import delivered
from proxy.bypass.all_detectors import ALL
from proxy.bypass.exchange.bystanders import excused, is_bystander
from proxy.bypass.noticing import notice
from proxy.bypass.observed import Exchange
from proxy.decision.signs import Consequence
from proxy.decision.urls import parse_url

BARE = (("x-bare-url", "https://example.com/"), ("x-bare-headers", "{}"))


def failed(name: str, error: Exception) -> None:
    raise AssertionError(name) from error


def asked(**fields: str) -> Exchange:
    """A request through a bare server, with fields of the browser."""
    said = tuple((name.replace("_", "-"), value) for name, value in fields.items() if value)
    return Exchange("GET", parse_url("https://pics.example.net/x/"), "/x/", fields=(*BARE, *said))


@pytest.mark.parametrize(
    ("site", "dest", "expected"),
    [
        pytest.param("cross-site", "image", Consequence.BLOCK, id="a picture in a forum"),
        pytest.param("cross-site", "style", Consequence.BLOCK, id="a style sheet"),
        pytest.param("same-origin", "image", Consequence.INCIDENT, id="a picture of the page itself"),
        pytest.param("cross-site", "document", Consequence.INCIDENT, id="a link that was followed"),
        pytest.param("cross-site", "empty", Consequence.INCIDENT, id="a program"),
        pytest.param("", "", Consequence.INCIDENT, id="nothing said"),
    ],
)
def test_who_is_counted(site, dest, expected):
    seen = asked(sec_fetch_site=site, sec_fetch_dest=dest)
    signs = excused(seen, notice(ALL.requests, seen, delivered(), failed))
    assert signs
    assert max(sign.consequence is Consequence.INCIDENT for sign in signs) is (
        expected is Consequence.INCIDENT
    )
    assert any(sign.consequence in (Consequence.BLOCK, Consequence.INCIDENT) for sign in signs)
    assert is_bystander(seen) is (expected is Consequence.BLOCK)
