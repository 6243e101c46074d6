"""What tests of the resolver have at hand."""

import pytest


@pytest.fixture
def no_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """No question is sent again, though the machine stands still: whoever counts questions counts these."""
    monkeypatch.setattr("proxy.dns.upstream.REPEAT_S", 1000.0)
