"""What does every answer say to the browser, whatever it holds?"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from proxy.console.site.config import config
from proxy.console.site.origins import origin_of

type Answering = Callable[[HttpRequest], HttpResponse]

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class SafeHeaders:
    """Nothing foreign on the page, no page in a foreign frame, and nothing kept on a shared computer."""

    def __init__(self, get_response: Answering) -> None:
        self._answer = get_response
        self._policy = content_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", self._policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response


def content_policy() -> str:
    """Only what the console serves itself; pictures may stand in a page (the second factor's code does)."""
    oidc = config().console.oidc
    # A browser asks this of the redirect behind a form too, and log-in by OIDC begins with one.
    forms = f"'self' {origin_of(oidc.issuer)}" if oidc is not None else "'self'"
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data:",
            f"form-action {forms}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )
