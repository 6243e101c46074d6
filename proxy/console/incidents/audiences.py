"""For whom can what was innocent be forgiven, or permitted?

Only around whom the incident is about, and never beyond its school: whoever looks after one school decides
nothing for another.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from proxy.console.incidents.models import Incident
from proxy.console.incidents.naming import Known, behind
from proxy.console.people.models import SchoolClass
from proxy.console.review.named import names_for
from proxy.console.site.config import config

WHO = "who"
type Audience = dict[str, list[str]]
type Choices = list[tuple[str, str]]


def choices(incident: Incident, *, permits: bool = False) -> Choices:
    """Parts of an audience as a form carries them (`who`, `classes:ID` ...), with names, the narrowest first.

    permits  for a permit: a device that nobody is known by cannot be permitted anything by itself
    """
    known = _known(incident)
    return [(value, words) for value, (words, _) in _offered(incident, known, permits=permits).items()]


def forgiven(incident: Incident, choice: str) -> Audience | None:
    """The audience of a pardon that a choice means; None for what is not offered."""
    offered = _offered(incident, _known(incident), permits=False).get(choice)
    return offered[1] if offered is not None else None


def permitted(incident: Incident, choice: str) -> Audience | None:
    """The audience of a permit that a choice means, by roster ids; None for what is not offered."""
    offered = _offered(incident, _known(incident), permits=True).get(choice)
    return offered[1] if offered is not None else None


def _known(incident: Incident) -> Known | None:
    return behind([incident.subject]).get(incident.subject)


def _offered(incident: Incident, known: Known | None, *, permits: bool) -> Mapping[str, tuple[str, Audience]]:
    within: Audience = {"within": [incident.school]} if incident.school else {}
    found: dict[str, tuple[str, Audience]] = {}
    if not permits:
        found[WHO] = _("Only whom this incident is about"), {"who": [incident.who]}
    elif known is not None:
        found[WHO] = _("Only whom this incident is about"), {"subjects": [known.id]}
    classes = SchoolClass.objects.filter(sourced_id__in=known.classes if known is not None else ())
    for each in classes.order_by("title", "sourced_id"):
        words = _("The class %(title)s") % {"title": each.title}
        found[f"classes:{each.sourced_id}"] = words, {"classes": [each.sourced_id], **within}
    settings = config().settings
    for group in settings.groups:
        if group.id == incident.policy_group:
            words = _("Everybody of the group %(title)s") % {"title": group.title or group.id}
            found[f"groups:{group.id}"] = words, {"groups": [group.id], **within}
    for school in settings.schools:
        if school.id == incident.school:
            words = _("Everybody at %(school)s") % {"school": school.title or school.id}
            found[f"schools:{school.id}"] = words, {"schools": [school.id]}
    return found


def in_words(audience: Audience) -> str:
    """Whom the audience of a pardon or permit reaches, in the active language; nobody's name is in it."""
    names = names_for(audience)
    told = [_("only one person or device")] if audience.get(WHO) or audience.get("subjects") else []
    told += [
        _("the class %(title)s") % {"title": known.title if (known := names.classes.get(id_)) else id_}
        for id_ in audience.get("classes", ())
    ]
    told += [
        _("the group %(title)s") % {"title": names.groups.get(id_, id_)} for id_ in audience.get("groups", ())
    ]
    within = [
        names.schools.get(id_, id_) for id_ in (*audience.get("schools", ()), *audience.get("within", ()))
    ]
    told += [_("everybody at %(school)s") % {"school": one} for one in within if "schools" in audience]
    whom = ", ".join(told) or _("everybody")
    if audience.get("within") and told:
        return _("%(whom)s, at %(school)s") % {"whom": whom, "school": ", ".join(within)}
    return whom
