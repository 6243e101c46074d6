"""Which people are known, and who is this one?"""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from proxy.console.people.access import can_be_sponsor, duties_of, in_force, needs_second_factor
from proxy.console.people.accounts import why_not
from proxy.console.people.administering import DutyForm, FilterForm
from proxy.console.people.charging import refused_duties
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import administration
from proxy.console.people.middleware import duties_in, signed_in_person
from proxy.console.people.models import OUTSIDE, Duty, Person
from proxy.console.people.sessions import sessions_of
from proxy.console.people.today import today
from proxy.console.people.words import ROLES, school_title

PAGE = 50
_READS = _("You read here, and change nothing.")


@administration(DutyKind.AUDITOR)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody whom this administrator administers, or of whom this auditor reads."""
    form = FilterForm(request.GET)
    found = _seen_by(request).order_by("family_name", "given_name", "pk")
    if form.is_valid():
        found = _filtered(found, form.cleaned_data)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    on = today()
    held = Duty.objects.filter(in_force(on), person__in=[each.pk for each in page]).order_by("kind")
    duties: dict[int, list[str]] = {}
    for duty in held:
        kinds = duties.setdefault(duty.person_id, [])
        if duty.kind not in kinds:
            kinds.append(duty.kind)
    rows = [
        {
            "person": each,
            "role": ROLES.get(each.role, each.role),
            "school": school_title(each.school),
            "duties": duties.get(each.pk, []),
            "usable": each.may_use(on),
        }
        for each in page
    ]
    kept = request.GET.copy()
    kept.pop("page", None)
    inside = {"form": form, "rows": rows, "page": page, "kept": kept.urlencode()}
    return render(request, "people/people.html", {**inside, "changes": _changes(request)})


@administration(DutyKind.AUDITOR)
@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person: who they are, duties, how they log in, where they are logged in."""
    return person_page(request, visible(request, person_id), DutyForm())


def person_page(request: HttpRequest, found: Person, form: DutyForm, status: int = 200) -> HttpResponse:
    """The page of one person, with a form for duties that may have errors."""
    on = today()
    inside = {
        "person": found,
        "role": ROLES.get(found.role, found.role),
        "school": school_title(found.school),
        "usable": found.may_use(on),
        "duties": [
            (duty, school_title(duty.school), duty.ends is None or duty.ends >= on)
            for duty in found.duties.select_related("assigned_by").order_by("kind", "school")
        ],
        "has_duties": bool(duties_of(found, on)),
        "has_password": found.has_usable_password(),
        "needs_factor": needs_second_factor(found, on),
        "has_factor": is_mfa_enabled(found, [Authenticator.Type.TOTP]),
        "sessions": sessions_of(found),
        "sponsored": found.sponsored.order_by("login"),
        "why_not": why_not(signed_in_person(request), found, on) if _changes(request) else _READS,
        "form": form,
        "outside": found.role == OUTSIDE,
        "sponsor_gone": found.sponsor is not None and not can_be_sponsor(found.sponsor, on),
        "refused": refused_duties(found),
    }
    return render(request, "people/person.html", inside, status=status)


def visible(request: HttpRequest, person_id: int) -> Person:
    """A person whom who asks may see. Raises Http404 for others, as for ids that nobody has."""
    found = _seen_by(request).filter(pk=person_id).first()
    if found is None:
        raise Http404
    return found


def _seen_by(request: HttpRequest) -> QuerySet[Person]:
    """An auditor reads of everybody; an administrator sees the people of their schools."""
    mine = duties_in(request)
    schools = {duty.school for duty in mine if duty.kind in (DutyKind.ADMINISTRATOR, DutyKind.AUDITOR)}
    return Person.objects.all() if "" in schools else Person.objects.filter(school__in=schools)


def _changes(request: HttpRequest) -> bool:
    """Whether who asks is an administrator, and not only an auditor who reads."""
    return any(duty.kind is DutyKind.ADMINISTRATOR for duty in duties_in(request))


def _filtered(found: QuerySet[Person], asked: dict[str, str]) -> QuerySet[Person]:
    for word in asked["q"].split():
        found = found.filter(
            Q(login__icontains=word)
            | Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(email__icontains=word)
            | Q(sourced_id=word)
        )
    if asked["role"]:
        found = found.filter(role=asked["role"])
    if asked["school"]:
        found = found.filter(school=asked["school"])
    if asked["duty"]:
        held = Duty.objects.filter(in_force(today()), kind=asked["duty"])
        found = found.filter(pk__in=held.values("person_id"))
    unusable = Q(left=True) | Q(enabled=False) | Q(ends_on__lt=today())
    if asked["state"] == "usable":
        found = found.exclude(unusable)
    elif asked["state"] == "ended":
        found = found.filter(unusable)
    return found
