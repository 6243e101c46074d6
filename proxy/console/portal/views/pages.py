"""How is a page of the portal answered? So that nothing of it is left behind on a shared device."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the portal, which no browser or proxy keeps for the next person at the same device."""
    response = render(request, f"portal/{name}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
