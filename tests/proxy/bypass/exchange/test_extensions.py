import pytest

from proxy.bypass.exchange.extensions import known_extension
from tests.fakes.exchanges import asked, techniques, told

HOLA = "gkojfkhlekighikafcpjkiklfbnlmeio"
OTHER = "cjpalhdlnbpafiamejdnhcphjbkeiagm"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            f"https://clients2.google.com/service/update2/crx?response=redirect&prodversion=120&x=id%3D{HOLA}%26uc",
            ["vpn.extension"],
            id="download",
        ),
        pytest.param(
            f"https://clients2.googleusercontent.com/crx/blobs/Ad/{HOLA.upper()}_1_0_0.crx",
            ["vpn.extension"],
            id="blob",
        ),
        pytest.param(
            f"https://chromewebstore.google.com/detail/hola-vpn/{HOLA}", ["vpn.extension"], id="page"
        ),
        pytest.param(
            "https://addons.mozilla.org/en-US/firefox/addon/browsec/", ["vpn.extension"], id="Firefox"
        ),
        pytest.param(
            f"https://clients2.google.com/service/update2/crx?x=id%3D{OTHER}", [], id="another extension"
        ),
        pytest.param(f"https://chromewebstore.google.com/detail/x/{HOLA}a", [], id="a longer word"),
        pytest.param(f"https://blog.example.org/vpn/{HOLA}", [], id="another site"),
        pytest.param(
            "https://addons.mozilla.org/en-US/firefox/addon/ublock-origin/", [], id="another add-on"
        ),
    ],
)
def test_extensions_on_the_list_are_known_in_their_stores(url, expected):
    assert techniques(known_extension, asked(url)) == expected


def test_evidence_names_the_extension_and_the_list():
    assert told(known_extension, asked(f"https://chromewebstore.google.com/detail/x/{HOLA}")) == {
        "extension": "Hola Free VPN",
        "id": HOLA,
        "list": "bypass/extensions.yaml",
    }
