"""What does a person see when something cannot be answered?

These pages ask neither the database nor who is logged in: they must stand when both cannot be had.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from proxy.console.site.config import config

DATABASE_GONE = (OperationalError, InterfaceError)
RETRY_S = 15


def wrong_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be understood."""
    return page(
        400,
        _("This cannot be understood"),
        _("Something in the address or in what was sent is not as it should be. Nothing was changed."),
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that did not come from a page of ours, or from one that was open too long."""
    return page(
        403,
        _("This form is no longer good"),
        _("Nothing was saved. Go back, load the page again, and send the form once more."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not for this person."""
    return page(
        403,
        _("This page is not for you"),
        str(exception)
        if exception is not None and str(exception)
        else _("Your account has no right to see it."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page, or none that this person may know of."""
    return page(
        404,
        _("There is no such page"),
        _("The address may be mistyped, or what stood here is not for you to see."),
    )


def fault(request: HttpRequest) -> HttpResponse:
    """500; and 503 when it was the database that could not be had."""
    if isinstance(sys.exc_info()[1], DATABASE_GONE):
        return database_gone()
    return page(
        500,
        _("Something went wrong here"),
        _("This is a fault of the console and not yours. It was noted. Nothing was saved halfway."),
    )


def database_gone() -> HttpResponse:
    """503: the record cannot be reached. The filter needs none of it and goes on."""
    response = page(
        503,
        _("The database cannot be reached"),
        _("Nothing was saved. The filter goes on as it is. Please try again in a few minutes."),
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(RETRY_S)
    return response


def page(status: int, title: str, words: str) -> HttpResponse:
    """A page that needs nothing but its own words."""
    settings = config().settings
    inside = {
        "title": title,
        "words": words,
        "school_name": settings.gateway.school_name,
        "contact": settings.block_page.contact,
    }
    return HttpResponse(render_to_string("site/error.html", inside), status=status)
