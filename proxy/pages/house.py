"""Whose block page is it, and whom may a pupil ask?"""

from dataclasses import dataclass
from datetime import timedelta

from proxy.marking import marked
from proxy.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class House:
    """What every page of one school has in common.

    gateway    id of this gateway, for tickets
    school     is said in the reader's language where it is one of our own texts, like `contact`
    contact    one sentence: who can help when a scope says nothing better
    portal     where an unblock can be asked for; "" while there is no such page
    tell       where a pupil can tell an adult what worries them; "" while there is no such page
    """

    school: str
    gateway: str
    contact: str
    portal: str = ""
    ticket_lifetime: timedelta = timedelta(days=30)
    tell: str = ""


NO_HOUSE = House(marked("This school"), "gateway", marked("Ask a teacher or the school office."))


def house_of(settings: Settings | None) -> House:
    """Read a school's house from its settings; a neutral one while there are none."""
    if settings is None:
        return NO_HOUSE
    page = settings.block_page
    return House(
        settings.gateway.school_name,
        settings.gateway.name,
        page.contact,
        settings.portal,
        timedelta(days=page.ticket_days),
        f"{settings.console.url}/tell/" if settings.console is not None else "",
    )
