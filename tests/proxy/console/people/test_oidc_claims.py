"""Which claims of an identity provider are believed?"""

import pytest

from console_people import known
from proxy.console.people.oidc import Refused, checked, duties_in, person_for
from proxy.settings.schema.console import OidcSettings

pytestmark = pytest.mark.django_db


class TestClaims:
    """What is believed, as plain values."""

    OIDC = OidcSettings(
        issuer="https://id.example.org",
        client_id="x",
        client_secret_file="/x",
        tenants=("t-1",),
        duties_claim="roles",
        duties_values={"a": "auditor"},
    )

    @pytest.mark.parametrize(
        ("tokens", "words"),
        [
            pytest.param({}, "no id token", id="nothing"),
            pytest.param({"id_token": "text"}, "no id token", id="not decoded"),
            pytest.param({"id_token": {"sub": "1"}}, "tid is not", id="no tenant"),
            pytest.param({"id_token": {"sub": "1", "tid": "t-2"}}, "tid is not", id="another tenant"),
            pytest.param(
                {"id_token": {"sub": "1"}, "userinfo": {"sub": "1", "tid": "t-1"}},
                "tid is not",
                id="a tenant that is not in what was signed",
            ),
            pytest.param(
                {"id_token": {"sub": "1", "tid": "t-1"}, "userinfo": {"sub": "2"}},
                "two people",
                id="user info of somebody else",
            ),
        ],
    )
    def test_what_is_not_of_this_school_is_refused(self, tokens, words):
        with pytest.raises(Refused, match=words):
            checked(tokens, self.OIDC)

    def test_what_was_signed_counts_before_what_was_not(self):
        tokens = {
            "id_token": {"sub": "1", "tid": "t-1", "email": "a"},
            "userinfo": {"sub": "1", "email": "b", "x": 1},
        }

        assert checked(tokens, self.OIDC) == {"sub": "1", "tid": "t-1", "email": "a", "x": 1}

    @pytest.mark.parametrize("said", [None, 7, {"a": 1}, [["a"]], [None], "b"])
    def test_a_claim_of_another_shape_gives_no_duties(self, said):
        assert duties_in({"roles": said}, self.OIDC) == []

    def test_nobody_is_known_by_empty_values(self):
        known("empty", email="")
        with pytest.raises(Refused):
            person_for({"email": "", "email_verified": True}, self.OIDC, None)
