import pytest

from proxy.bypass.exchange.rammerhead import rammerhead_session
from tests.fakes.exchanges import answered, techniques

ID = b"0a1b2c3d4e5f60718293a4b5c6d7e8f9"


@pytest.mark.parametrize(
    ("url", "type_", "body", "expected"),
    [
        pytest.param("https://a.example.org/newsession", "", ID, 1, id="a session"),
        pytest.param("https://a.example.org/rh/newsession?pwd=a", "text/plain", ID + b"\n", 1, id="as text"),
        pytest.param("https://a.example.org/newsession", "text/html", b"<title>New session", 0, id="a page"),
        pytest.param("https://a.example.org/newsession", "application/json", b'{"id":1}', 0, id="data"),
        pytest.param("https://a.example.org/newsession", "text/plain", ID * 2, 0, id="a longer id"),
        pytest.param("https://a.example.org/checksum", "text/plain", ID, 0, id="another path"),
        pytest.param("https://a.example.org/newsession", "text/plain", b"", 0, id="nothing"),
    ],
)
def test_a_session_is_known_by_its_path_and_its_id(url, type_, body, expected):
    found = techniques(rammerhead_session, answered(url, type_, body))
    assert found == ["webproxy.rammerhead.page"] * expected
