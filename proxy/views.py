"""Which view does a subject get, and who shares it?

Flattening the policy for one subject takes a while when the school has long lists. Here it is done once
for all subjects who are alike: scopes that say the same, same kind of device, the same
overrides and permits for them. A thousand devices that the policy merely lists are alike. A view keeps its
key through an overlay swap that does not concern it.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter, is_

from proxy.decision.audience import Audience
from proxy.decision.permits import GivenPermit
from proxy.decision.policy import BlockAnswer, Override, Policy, Scope, View
from proxy.decision.request import Subject
from proxy.decision.view import view_for

MAX_VIEWS = 20_000

type Corrected = frozenset[tuple[str, frozenset[str]]]
type Entry = Override | GivenPermit
type EntryId = tuple[bool, str]
"""Whether it is a permit, and its id among those."""
type Alike = tuple[str, tuple[str, ...], bool, bool, BlockAnswer, Corrected, frozenset[int]]

NONE: frozenset[int] = frozenset()
OWN = frozenset(
    {"base", "overlay", "listings", "overrides", "corrections", "permits", "corrected", "corrected_at"}
)
RULES = attrgetter(*(field.name for field in fields(Policy) if field.name not in OWN))


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """A policy whose entries for an audience, overrides and permits, have numbers. An entry keeps its number
    while it stays as it is.

    voices      for each scope that says anything, the first one that says the same
    held        entry by id, with its number
    in_order    entry by number, with its place in the policy
    for_whom    numbers of the entries for a class, a group, a person; for a group within one school
    following   the last number given
    gone        numbers of the policy before that are in force no more; None: no view of it can be kept
    before      what it was compared with, until it is adopted
    """

    policy: Policy | None = None
    voices: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[EntryId, tuple[Entry, int]] = field(default_factory=dict)
    in_order: Mapping[int, tuple[int, Entry]] = field(default_factory=dict)
    for_whom: Mapping[tuple[str, ...], frozenset[int]] = field(default_factory=dict)
    following: int = 0
    gone: frozenset[int] | None = None
    before: "Numbered | None" = None

    def follows(self, views: "Views") -> bool:
        """Say whether views go by the policy that this was compared with, so that it can be adopted next."""
        return self.before is views.now


class Views:
    """The views of one policy after another, for one thread.

    now    the policy that views are made of
    """

    def __init__(self) -> None:
        self.now = Numbered()
        self._shared: dict[Alike, View] = {}
        self._serial = 0

    def prepare(self, policy: Policy) -> Numbered:
        """Do what takes long of `adopt`: some milliseconds when there are thousands of entries. Changes
        nothing, so that another thread may do it."""
        now = self.now
        staying = _staying(now, policy)
        if staying is None:
            return replace(_numbered(policy, {}, now.following), voices=_voices(policy.scopes), before=now)
        gone = frozenset(number for id_, (_, number) in now.held.items() if id_ not in staying)
        found = _numbered(policy, staying, now.following)
        return replace(found, voices=now.voices, gone=gone, before=now)

    def adopt(self, policy: Policy, prepared: Numbered | None = None) -> frozenset[tuple[object, ...]]:
        """Go by another policy from now on and return the keys that are never given again.

        prepared   what `prepare` made of the policy; of no use when another came in between
        """
        if prepared is None or prepared.policy is not policy or not prepared.follows(self):
            prepared = self.prepare(policy)
        gone = prepared.gone
        if gone is None:
            stale = list(self._shared)
        else:
            stale = [alike for alike in self._shared if not gone.isdisjoint(alike[-1])]
        self.now = replace(prepared, before=None)
        return frozenset(self._shared.pop(alike).key for alike in stale)

    def of(self, subject: Subject) -> View:
        """Return the subject's view. Its `key` is small, and equal for those who are treated alike.

        Raises LookupError before a policy was adopted.
        """
        now, policy = self.now, self.now.policy
        if policy is None:
            raise LookupError("no policy was adopted yet")
        block_answer = policy.networks.get(subject.network, BlockAnswer.PAGE)
        numbers = self._entries_for(subject)
        voices = tuple(now.voices[id_] for id_ in subject.scopes if id_ in now.voices)
        corrected = frozenset(policy.corrected_at.get(subject.school, {}).items())
        alike = (subject.group, voices, subject.minor, subject.inspectable, block_answer, corrected, numbers)
        view = self._shared.get(alike)
        if view is None:
            if len(self._shared) >= MAX_VIEWS:
                self._shared.clear()
            self._serial += 1
            in_order = sorted((now.in_order[number] for number in numbers), key=lambda placed: placed[0])
            overrides = [entry for _, entry in in_order if isinstance(entry, Override)]
            given = [entry for _, entry in in_order if isinstance(entry, GivenPermit)]
            view = replace(view_for(policy, subject, overrides, given), key=(self._serial,))
            self._shared[alike] = view
        return view

    def _entries_for(self, subject: Subject) -> frozenset[int]:
        """Numbers of the entries whose audience includes a subject (see decision.audience)."""
        for_whom = self.now.for_whom
        asked: list[tuple[str, ...]] = [
            ("groups", subject.group),
            *(("classes", name) for name in subject.classes),
        ]
        if subject.grade:
            asked.append(("grades", subject.grade))
        asked += [(*whom, subject.school) for whom in asked]
        school = subject.school if subject.id else ""
        asked += [whom for whom in (("subjects", subject.id), ("schools", school)) if whom[1]]
        found = [for_whom[whom] for whom in asked if whom in for_whom]
        if len(found) < 2:
            return found[0] if found else NONE
        return frozenset().union(*found)


def _entries(policy: Policy) -> Sequence[Entry]:
    return (*policy.overrides, *policy.permits) if policy.permits else policy.overrides


def _id(entry: Entry) -> EntryId:
    return isinstance(entry, GivenPermit), entry.id


def _staying(now: Numbered, policy: Policy) -> dict[EntryId, int] | None:
    """The entries that stay as they are, with their numbers; None when no view can be kept: with another
    base that differs in more than its lists, or when they come in another order, because among equals the
    first one counts."""
    entries = _entries(policy)
    named = {_id(entry): entry for entry in entries}
    if now.policy is None or not _rules_alike(now.policy, policy) or len(named) != len(entries):
        return None
    if len(now.held) != len(_entries(now.policy)):
        return None
    staying = {id_: number for id_, (entry, number) in now.held.items() if named.get(id_) == entry}
    in_order = [id_ for id_ in named if id_ in staying]
    return staying if in_order == list(staying) else None


def _rules_alike(before: Policy, after: Policy) -> bool:
    """Whether two policies hold the very same objects, but for the overlay and the lists."""
    return before.base == after.base or all(map(is_, RULES(before), RULES(after)))


def _numbered(policy: Policy, staying: Mapping[EntryId, int], following: int) -> Numbered:
    """Number the entries, and note for whom each one is."""
    held: dict[EntryId, tuple[Entry, int]] = {}
    in_order: dict[int, tuple[int, Entry]] = {}
    for_whom: dict[tuple[str, ...], set[int]] = {}
    for place, entry in enumerate(_entries(policy)):
        number = staying.get(_id(entry))
        if number is None:
            number = following = following + 1
        held[_id(entry)] = (entry, number)
        in_order[number] = (place, entry)
        for whom in _whom(entry.audience):
            for_whom.setdefault(whom, set()).add(number)
    frozen = {whom: frozenset(numbers) for whom, numbers in for_whom.items()}
    return Numbered(policy, {}, held, in_order, frozen, following)


def _whom(audience: Audience) -> Iterator[tuple[str, ...]]:
    """Whom an audience names, one by one; with a school, whom it names within that."""
    for kind in ("subjects", "schools"):
        for name in getattr(audience, kind):
            yield kind, name
    for kind in ("classes", "grades", "groups"):
        for name in getattr(audience, kind):
            if audience.within:
                yield from ((kind, name, school) for school in audience.within)
            else:
                yield kind, name


def _voices(scopes: Mapping[str, Scope]) -> dict[str, str]:
    """For each scope that says anything, the first one that says the same."""
    first: dict[Hashable, str] = {}
    silent = {_said(Scope("", kind, "")) for kind in {scope.kind for scope in scopes.values()}}
    return {
        id_: first.setdefault(said, id_)
        for id_, scope in scopes.items()
        if (said := _said(scope)) not in silent
    }


def _said(scope: Scope) -> Hashable:
    """All in a scope that `view_for` looks at."""
    safe_search = tuple(sorted(scope.safe_search.items()))
    return (
        scope.kind, scope.profile, scope.schedule, scope.rules, scope.school_rules, scope.mode, safe_search,
        scope.pass_lists, scope.inspect, scope.log, scope.help, scope.permits,
    )  # fmt: skip
