"""Which day is it at the school?"""

from datetime import date

from proxy.console.site import clock
from proxy.console.site.config import config


def today() -> date:
    """The day on which end dates and duties are judged, in the school's time zone."""
    return clock.now().astimezone(config().zone).date()
