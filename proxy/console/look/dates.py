"""How is a day or a moment written for people, in their language? In one way, on pages and in letters.

`Wednesday 9 December 2026, 8:00` in English, `miércoles, 9 de diciembre de 2026, 8:00` in Spanish; the block
page writes it so, too (`proxy.pages.moments`). The record alone has seconds (`audit/when.html`).
"""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import pgettext


def day(when: date) -> str:
    """A day; of a moment, the day it falls on in the school's zone."""
    here = localtime(when) if isinstance(when, datetime) else when
    # Translators: how a day is written, in the letters of Django's `date` filter
    return date_format(here, pgettext("date format", "l j F Y"))


def weekday(when: date) -> str:
    """The day of the week alone, for the days of the coming week."""
    return date_format(when, "l")


def clock(when: datetime) -> str:
    """The time of day in the moment's own zone, hours from 0 to 23: nobody takes morning for afternoon."""
    return date_format(when, "G:i")


def moment(when: datetime) -> str:
    """A moment in the school's zone."""
    here = localtime(when)
    return pgettext("moment", "%(day)s, %(time)s") % {"day": day(here), "time": clock(here)}
