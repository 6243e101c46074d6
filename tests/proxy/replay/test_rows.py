import pytest

from proxy.bypass.observed import Exchange, Opening, Question, Transport
from proxy.decision.urls import parse_url
from proxy.replay.rows import Row, Who


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        pytest.param((Question("c", "a.example", "A"),), "DNS", id="a question"),
        pytest.param((Opening(Transport.UDP, 443),), "handshakes and streams", id="a connection"),
        pytest.param((Exchange("GET", parse_url("http://a.example/")),), "requests", id="a request"),
        pytest.param((), "requests", id="nothing that could be read"),
    ],
)
def test_a_rows_kind(seen, kind):
    assert Row("r", 1, Who(), "a.example", seen).kind == kind
