"""How is a moment typed? In school time, without a zone, as `datetime-local` fields send it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from proxy.decision.schedule import YEARS

FORMAT = "%Y-%m-%dT%H:%M"


class SchoolMoment(forms.Field):
    """A moment of the school's clock; its value is an aware datetime in UTC, or None."""

    def __init__(self, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        """Read what was typed. Raises ValidationError."""
        if value in self.empty_values:
            return None
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is not None:
            raise ValidationError("This is no date and time. Write it as 2026-12-18T15:00.", code="invalid")
        if moment.year not in YEARS:
            raise ValidationError(f"Choose a year from {YEARS[0]} to {YEARS[-1]}.", code="reach")
        return moment.replace(tzinfo=self.zone).astimezone(UTC)

    def prepare_value(self, value: Any) -> Any:
        """Show a moment in school time; what somebody typed stays as it is."""
        return value.astimezone(self.zone).strftime(FORMAT) if isinstance(value, datetime) else value
