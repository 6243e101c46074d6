"""Is the console well?"""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from proxy.console.people.gates import entrance


@entrance
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers; 503, as for every page, when it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
