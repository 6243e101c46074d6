import pytest
from pydantic import ValidationError

from proxy.settings.bypass.spellings import ClaimsSettings, LookalikesSettings, WildcardsSettings

WHERE = {"source": "its own page", "date": "2026-11-22"}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        pytest.param(WildcardsSettings, {"names": ["192.0.2.1"]}, id="an address for a name"),
        pytest.param(LookalikesSettings, {"letters": {"ab": "x"}}, id="two letters"),
        pytest.param(LookalikesSettings, {"letters": {"a": ""}}, id="no character"),
        pytest.param(ClaimsSettings, {"persons": ["X-User"]}, id="capitals"),
    ],
)
def test_what_is_wrong_is_refused(kind, said):
    with pytest.raises(ValidationError):
        kind.model_validate({**WHERE, **said})
