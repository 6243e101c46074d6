"""How does somebody choose the language of the console?"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from proxy.console.people.gates import entrance
from proxy.console.people.models import Person

YEAR_S = 365 * 24 * 3600


@entrance
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember a language in a cookie and, of somebody logged in, for their letters too; then go back.

    What is no language of the console changes nothing; an address of another site is not gone to.
    """
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
        if isinstance(request.user, Person) and request.user.language != code:
            request.user.language = code
            request.user.save(update_fields=["language"])
    return response
