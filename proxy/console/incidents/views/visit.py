"""Who looks at a page about incidents, and when?"""

from proxy.console.people.duties import DutyKind
from proxy.console.review.views.visit import Visit as Visit
from proxy.console.review.views.visit import visit as visit

REVIEWERS = (DutyKind.SAFEGUARDING,)
READERS = (*REVIEWERS, DutyKind.AUDITOR)
