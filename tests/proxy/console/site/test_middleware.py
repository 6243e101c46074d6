"""What every answer says to the browser."""

from pathlib import Path

import pytest
from django.test import Client

from proxy.console.site.middleware import SafeHeaders, content_policy
from proxy.settings.schema.console import OidcSettings

OIDC = OidcSettings(
    issuer="https://accounts.example.org/tenant", client_id="x", client_secret_file=Path("/secret")
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/there-is-no-such-page"])
def test_nothing_foreign_no_frames_nothing_kept(path):
    answer = Client().get(path)
    assert answer["Content-Security-Policy"].startswith("default-src 'self'; img-src 'self' data:;")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    assert "camera=()" in answer["Permissions-Policy"]


def test_a_form_may_lead_to_the_schools_identity_provider_and_nowhere_else(with_console):
    assert "form-action 'self';" in content_policy()
    with_console(oidc=OIDC)
    assert "form-action 'self' https://accounts.example.org;" in content_policy()


def test_a_page_may_say_that_it_can_be_kept(rf):
    from django.http import HttpResponse

    safe = SafeHeaders(lambda request: HttpResponse(headers={"Cache-Control": "public, max-age=60"}))
    assert safe(rf.get("/"))["Cache-Control"] == "public, max-age=60"
