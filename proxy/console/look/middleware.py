"""Which language does an answer speak? The one chosen, else the person's, else the browser's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from proxy.console.people.models import Person


class PersonsLanguage:
    """After Django's LocaleMiddleware and the log-in: without a chosen language, the person's own counts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the person's language where the browser sent no choice."""
        known = dict(settings.LANGUAGES)
        if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) not in known:
            person = getattr(request, "user", None)
            if isinstance(person, Person) and person.language in known:
                translation.activate(person.language)
                request.LANGUAGE_CODE = person.language
        return self._get_response(request)
