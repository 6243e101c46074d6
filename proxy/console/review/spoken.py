"""What does the filter say of an address to the people a request is for, now and after an approval?

By the code that decides (`proxy.decision.explain`), for one stand-in of each sort of people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from proxy.bundle.load import LoadedBundle
from proxy.decision.explain import Explanation, explain
from proxy.decision.names import canonical_host
from proxy.decision.policy import Audience, Override, Policy
from proxy.decision.request import Attempt, Request, Stage, Subject
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Action, Reason
from proxy.identity.directory import KnownPerson

MOST_SORTS = 12


@dataclass(frozen=True, slots=True)
class Sort:
    """People of an audience who get equal answers.

    people    how many the published roster has; 0: a stand-in for whoever the gateway takes them for
    """

    subject: Subject
    people: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one sort of people is told.

    group     title of their group
    school    title of their school, or ""
    now       the verdict in force, with every check's answer
    then      the same after the approval in question; None when none was asked about
    """

    group: str
    school: str
    people: int
    minor: bool
    by_name_only: bool
    now: Explanation
    then: Explanation | None = None

    @property
    def is_blocked(self) -> bool:
        """Whether they are refused now."""
        return self.now.verdict.action is Action.BLOCK

    @property
    def stays_blocked(self) -> bool:
        """Whether they would be refused after the approval too."""
        return self.then is not None and self.then.verdict.action is Action.BLOCK

    @property
    def on_the_floor(self) -> bool:
        """Whether the law asks for this block, so that no exception lifts it."""
        verdict = self.now.verdict
        return verdict.action is Action.BLOCK and verdict.reason is Reason.FLOOR


def audience_of(plain: Mapping[str, Iterable[str]]) -> Audience:
    """Make the decision's audience of what a request keeps."""
    kinds = ("subjects", "classes", "grades", "groups", "schools", "within")
    return Audience(**{kind: frozenset(plain.get(kind, ())) for kind in kinds})


def sorts_of(loaded: LoadedBundle, audience: Audience) -> list[Sort]:
    """The sorts of people in an audience, the largest first; empty when the published roster has nobody."""
    first: dict[tuple[object, ...], str] = {}
    count: dict[tuple[object, ...], int] = {}
    for person in loaded.identities.directory.people:
        if audience.includes(_bare(person)):
            key = (person.group, person.minor, person.school, person.class_scopes, _named(person, audience))
            first.setdefault(key, person.id)
            count[key] = count.get(key, 0) + 1
    sorts = [Sort(_subject(loaded, first[key]), count[key]) for key in sorted(count, key=lambda k: -count[k])]
    known = {sort.subject.id for sort in sorts}
    for id_ in sorted(audience.subjects | audience.groups):
        subject = _within(loaded.identities.named(id_), audience)
        if subject is not None and (subject.id or subject.group) and subject.id not in known | {""}:
            sorts.append(Sort(subject, 1))
        elif subject is not None and id_ in audience.groups:
            sorts.append(Sort(subject, 0))
    return sorts[:MOST_SORTS]


def _within(stand_in: Subject | None, audience: Audience) -> Subject | None:
    """A stand-in, at the school that the audience is confined to."""
    if stand_in is None or not audience.within or audience.includes(stand_in):
        return stand_in
    return replace(stand_in, school=min(audience.within))


def spoken(
    loaded: LoadedBundle, sorts: Sequence[Sort], address: str, at: datetime, opening: Override | None = None
) -> list[Spoken]:
    """Say what each sort of people is told about an address; who is told the same is one sort.

    address   a host or a URL; judged as the proxy would for devices it inspects, by name for others
    at        aware
    opening   the exception to try: what would be said if it were in force and had begun

    What single people may beside that (a private request, too) is neither told of them here nor of those for
    whom they stand in.

    Raises NameProblem when the address is none.
    """
    asked = opening.audience.subjects if opening is not None else frozenset()
    now = _for_all(loaded.policy, asked)
    after = _with(now, opening) if opening is not None else None
    alike: dict[tuple[object, ...], Spoken] = {}
    for sort in sorts:
        one = _of_sort(now, after, sort, address, at)
        key = (one.group, one.school, one.minor, one.by_name_only, _told(one.now), _told(one.then))
        known = alike.get(key)
        alike[key] = one if known is None else replace(known, people=known.people + one.people)
    return list(alike.values())


def _with(policy: Policy, opening: Override) -> Policy:
    return replace(policy, overrides=(*policy.overrides, replace(opening, begins=None, ends=None)))


def _for_all(policy: Policy, asked: frozenset[str]) -> Policy:
    """The policy without exceptions for single people, other than those who ask."""
    return replace(policy, overrides=tuple(one for one in policy.overrides if not _is_of_others(one, asked)))


def _is_of_others(override: Override, asked: frozenset[str]) -> bool:
    whom = override.audience
    several = whom.classes or whom.grades or whom.groups or whom.schools
    return bool(whom.subjects) and not several and whom.subjects.isdisjoint(asked)


def _of_sort(policy: Policy, after: Policy | None, sort: Sort, address: str, at: datetime) -> Spoken:
    subject = sort.subject
    request = Request(_attempt(subject, address), subject, at.astimezone(policy.zone))
    return Spoken(
        group=_title(policy, subject.group),
        school=_title(policy, subject.school),
        people=sort.people,
        minor=subject.minor,
        by_name_only=not subject.inspectable,
        now=explain(request, policy),
        then=explain(request, after) if after is not None else None,
    )


def _told(said: Explanation | None) -> tuple[object, ...]:
    return () if said is None else (said.verdict.action, said.verdict.explanation, said.verdict.evidence)


def _attempt(subject: Subject, address: str) -> Attempt:
    if "/" not in address:
        host = canonical_host(address)
        url = parse_url(f"https://{address}/") if ":" not in host else None
    else:
        url = parse_url(address, scheme="https")
        host = url.host
    if not subject.inspectable or url is None:
        return Attempt("", Stage.DNS, host)
    return Attempt("", Stage.HTTP, host, url)


def _title(policy: Policy, scope: str) -> str:
    known = policy.scopes.get(scope)
    return known.title if known is not None and known.title else scope


def _subject(loaded: LoadedBundle, id_: str) -> Subject:
    return loaded.identities.named(id_) or loaded.identities.strictest()


def _bare(person: KnownPerson) -> Subject:
    return Subject(person.group, (), person.minor, person.id, person.school, person.grade, person.classes)


def _named(person: KnownPerson, audience: Audience) -> bool:
    return person.id in audience.subjects
