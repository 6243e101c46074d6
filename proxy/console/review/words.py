"""What would an approval open, for whom and until when, in words?

"physics.example/labs for 28 students of Period 3, until Friday 15:00". No person is named: askers of a joined
request read this too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proxy.console.look import dates
from proxy.console.review.opened import Opened
from proxy.console.review.states import Reach


@dataclass(frozen=True, slots=True)
class ClassName:
    """How people call a class, and how many students it has."""

    title: str
    students: int


@dataclass(frozen=True, slots=True)
class Names:
    """How people call what an audience names by ids; an id without a name here stands for itself."""

    classes: Mapping[str, ClassName] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    schools: Mapping[str, str] = field(default_factory=dict)


def in_words(opened: Opened, names: Names, *, at: datetime, zone: ZoneInfo) -> str:
    """One sentence without a full stop, in the active language.

    at     the moment it is read: days of the coming week are called by name
    """
    return _("%(what)s for %(whom)s, %(when)s") % {
        "what": place(opened),
        "whom": audience(opened.audience, names, opened.within),
        "when": time(opened.begins, opened.ends, at=at, zone=zone),
    }


def correction(host: str, category: str, schools: Sequence[str] = ()) -> str:
    """What mending a list does: it has no end, and concerns everybody, or everybody at these schools."""
    told = {"host": host, "category": category, "schools": ", ".join(schools)}
    if schools:
        return _("%(host)s no longer counts as %(category)s, for everybody at %(schools)s alone") % told
    return _("%(host)s no longer counts as %(category)s, for everybody") % told


def place(opened: Opened) -> str:
    """The part of the site that is meant."""
    if opened.reach is Reach.SITE or opened.target.is_site:
        return _("%(host)s (the whole site)") % {"host": opened.host}
    address = f"{opened.host}{opened.path}"
    if opened.reach is Reach.PATH:
        return _("%(address)s and what lies below it") % {"address": address}
    if opened.query is not None:
        address = f"{address}?{opened.query}"
    return _("the one page %(address)s") % {"address": address}


def audience(ids: Mapping[str, Sequence[str]], names: Names, within: str = "") -> str:
    """Everybody whom an audience names, kind by kind.

    within   the school to which its classes, grades and groups are confined; "": none
    """
    parts = [_class(names.classes.get(id_), id_) for id_ in ids.get("classes", ())]
    alone = len(ids.get("subjects", ()))
    if alone:
        parts.append(ngettext("%(count)d person", "%(count)d persons", alone) % {"count": alone})
    school = names.schools.get(within, within)
    parts += [
        _at(_("everybody in grade %(grade)s") % {"grade": grade.lstrip("0") or grade}, school)
        for grade in ids.get("grades", ())
    ]
    for kind, known, confined in (("groups", names.groups, school), ("schools", names.schools, "")):
        parts += [
            _at(_("everybody of %(name)s") % {"name": known.get(id_, id_)}, confined)
            for id_ in ids.get(kind, ())
        ]
    if not parts:
        return _("nobody")
    *most, last = parts
    return _("%(some)s and %(last)s") % {"some": ", ".join(most), "last": last} if most else last


def _at(people: str, school: str) -> str:
    return _("%(people)s at %(school)s") % {"people": people, "school": school} if school else people


def _class(known: ClassName | None, id_: str) -> str:
    if known is None:
        return _("the class %(title)s") % {"title": id_}
    students = ngettext("%(count)d student", "%(count)d students", known.students)
    return _("%(students)s of %(title)s") % {
        "students": students % {"count": known.students},
        "title": known.title,
    }


def time(begins: datetime | None, ends: datetime | None, *, at: datetime, zone: ZoneInfo) -> str:
    """From when until when; a beginning that has passed is left out."""
    until = (
        _("until %(moment)s") % {"moment": moment(ends, at, zone)}
        if ends is not None
        else _("with no end, looked at again every year")
    )
    if begins is None or begins <= at:
        return until
    return _("from %(moment)s %(until)s") % {"moment": moment(begins, at, zone), "until": until}


def moment(when: datetime, at: datetime, zone: ZoneInfo) -> str:
    """`Friday 15:00` within the coming week, else with the date."""
    local, today = when.astimezone(zone), at.astimezone(zone).date()
    clock = dates.clock(local)
    if local.date() == today:
        return _("today %(time)s") % {"time": clock}
    if today < local.date() < today + timedelta(days=7):
        return _("%(day)s %(time)s") % {"day": dates.weekday(local.date()), "time": clock}
    return _("%(day)s, %(time)s") % {"day": dates.day(local.date()), "time": clock}
