import pytest

from proxy.decision.verdict import Reason
from proxy.pages.languages import LANGUAGES
from proxy.pages.reasons import A_RULE, in_general


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_said_in_every_language(reason):
    english = in_general(reason)

    for code, language in LANGUAGES.items():
        assert (language.gettext(english) == english) is (code == "en")


def test_what_blocks_has_words_of_its_own():
    blocks = set(Reason) - {
        Reason.GATEWAY_NAME, Reason.LOGGED_CATEGORY, Reason.OPEN_CATEGORY, Reason.URL_RULE_BELOW,
        Reason.SAFE_SEARCH, Reason.DEFAULT,
    }  # fmt: skip

    assert {one for one in Reason if in_general(one) != A_RULE} == blocks
