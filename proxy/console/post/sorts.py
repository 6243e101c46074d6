"""Which sorts of letters are there: what stands in the subject line, and which page does each lead to?

A subject is seen on a locked screen and by whoever looks over a shoulder. It is one of the sentences
below, with at most the number of the request in it: no name, no site, nothing that anybody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ASKER, REVIEWER, INCIDENT = "portal:case", "review:case", "incidents:incident"


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of letter; its body is `post/<name>.txt`.

    subject   in the source language, translated when it is written
    page      name of the address that it leads to; `numbered`: it takes the request's number
    """

    subject: str | Promise
    page: str
    numbered: bool = True


SORTS: Mapping[str, Sort] = {
    # To those who asked.
    "received": Sort(_("Request %(number)s was received"), ASKER),
    "question": Sort(_("A question about your request %(number)s"), ASKER),
    "approved": Sort(_("Request %(number)s was approved"), ASKER),
    "denied": Sort(_("Request %(number)s was denied"), ASKER),
    "ended": Sort(_("The time of request %(number)s has ended"), ASKER),
    "revoked": Sort(_("What request %(number)s brought about was taken back"), ASKER),
    "appeal_received": Sort(_("The appeal on request %(number)s was received"), ASKER),
    "appeal_withdrawn": Sort(_("The appeal on request %(number)s was taken back"), ASKER),
    "guardian_withdrawn": Sort(_("The appeal on request %(number)s was taken back"), ASKER),
    "overturned": Sort(_("The appeal on request %(number)s was granted"), ASKER),
    "upheld": Sort(_("The appeal on request %(number)s was refused"), ASKER),
    # To those who answer.
    "new": Sort(_("Request %(number)s is yours to answer"), REVIEWER),
    "answered": Sort(_("Your question about request %(number)s was answered"), REVIEWER),
    "handed_over": Sort(_("Request %(number)s was handed over to you"), REVIEWER),
    "due_soon": Sort(_("Request %(number)s is due soon"), REVIEWER),
    "overdue": Sort(_("Request %(number)s is overdue and now yours"), REVIEWER),
    "new_appeal": Sort(_("An appeal on request %(number)s is yours to answer"), REVIEWER),
    "yearly_review": Sort(_("What request %(number)s brought about is to be looked at again"), REVIEWER),
    # To those who look at incidents.
    "incident": Sort(_("Incident %(number)s waits for you"), INCIDENT),
    "incident_waits": Sort(_("Incident %(number)s still waits"), INCIDENT),
    "incident_goes_on": Sort(_("Incident %(number)s has not ended"), INCIDENT),
    "incident_stays": Sort(_("Incident %(number)s is still under review"), INCIDENT),
    # To other staff whom the settings name: they hear of it, and open no page about it.
    "incident_told": Sort(_("Incident %(number)s has opened"), "portal:home", numbered=False),
    # To administrators, who name people and read no requests.
    "incident_nobody": Sort(_("An incident waits and nobody is in charge"), "people:people", numbered=False),
    "incident_unended": Sort(
        _("Incident %(number)s stands, and nobody ends it"), "people:people", numbered=False
    ),
    "nobody": Sort(_("Request %(number)s waits and nobody is in charge"), "review:times", numbered=False),
    "adult": Sort(_("Somebody asks to talk with an adult"), "review:tellings", numbered=False),
}
"""Name of the body's template -> what else makes the letter."""
