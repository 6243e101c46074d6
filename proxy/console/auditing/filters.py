"""Which records does somebody want to see, by the address of the page?"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet

from proxy.console.audit import actors
from proxy.console.audit.models import AuditRecord
from proxy.console.people.models import Person


class Filters(forms.Form):
    """The filters above the record. They are read from the address, so that a link or bookmark keeps them."""

    action = forms.CharField(
        label="Act, or how it begins",
        help_text="case.deny, or login. for all log-ins",
        max_length=60,
        required=False,
    )
    actor = forms.CharField(
        label="By", help_text="log-in name, person:17, cli:root or timers", max_length=200, required=False
    )
    about = forms.CharField(
        label="About", help_text="case:4711, person:17 or overlay:40", max_length=200, required=False
    )
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean_actor(self) -> str:
        """An actor as the record has it; a log-in name becomes the person who has it."""
        written = str(self.cleaned_data["actor"])
        if (
            not written
            or ":" in written
            or written in (actors.TIMERS, actors.CONSOLE, actors.STRANGER, actors.ASKER)
        ):
            return written
        found = Person.objects.filter(login=written.lower()).first()
        if found is None:
            raise forms.ValidationError("Nobody here has this log-in name.")
        return actors.person(found)

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "This is before the first day.")
        return data


def wanted(filters: Filters, zone: ZoneInfo) -> QuerySet[AuditRecord]:
    """The records that fit, in no order yet; none when the filters are wrong.

    zone    in which the filters' days begin and end
    """
    found = AuditRecord.objects.all()
    if not filters.is_valid():
        return found.none()
    data = filters.cleaned_data
    if data["action"]:
        found = found.filter(action__startswith=data["action"])
    if data["actor"]:
        found = found.filter(actor=data["actor"])
    if data["about"]:
        found = found.filter(about=data["about"])
    if data["since"]:
        found = found.filter(at__gte=_midnight(data["since"], zone))
    if data["until"]:
        found = found.filter(at__lt=_midnight(data["until"] + timedelta(days=1), zone))
    return found


def _midnight(day: Any, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def kept(address: Mapping[str, str]) -> str:
    """The filters in an address as a query string, without the place in the list."""
    return urlencode([(name, address[name]) for name in Filters.base_fields if address.get(name)])
