"""Settings of the proxy and the block page."""

import pytest
from pydantic import ValidationError

from proxy.settings.schema.http import BlockPageSettings, ProxySettings


def test_connect_reaches_only_https_unless_told_otherwise() -> None:
    assert ProxySettings().connect_ports == (443,)
    assert ProxySettings.model_validate({"connect_ports": ["443", "8453"]}).connect_ports == (443, 8453)


@pytest.mark.parametrize("portal", ["javascript:alert(1)", 'https://a.example/"><b>', "ftp://a.example"])
def test_a_portal_is_a_web_address_that_can_stand_in_a_page(portal: str) -> None:
    with pytest.raises(ValidationError):
        BlockPageSettings(portal=portal)


def test_a_portal_may_be_left_out() -> None:
    assert BlockPageSettings().portal == ""
    assert BlockPageSettings(portal="https://requests.example.org/ask?x=1").portal.endswith("x=1")
