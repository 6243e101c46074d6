"""Which view does a subject get, and who shares it?

Flattening the policy for one subject takes milliseconds when thousands of overrides are in force. Here it
is done once for all subjects who are alike: scopes that say the same, same kind of device, the same
overrides for them. A thousand devices that the policy merely lists are alike. A view keeps its key
through an overlay swap that does not concern it.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

from proxy.decision.policy import BlockAnswer, Override, Policy, Scope, View
from proxy.decision.request import Subject
from proxy.decision.view import view_for

MAX_VIEWS = 20_000

type Alike = tuple[str, tuple[str, ...], bool, bool, BlockAnswer, frozenset[int]]

NONE: frozenset[int] = frozenset()


class Views:
    """The views of one policy after another, for one thread."""

    def __init__(self) -> None:
        self._policy: Policy | None = None
        self._voices: dict[str, str] = {}
        self._shared: dict[Alike, View] = {}
        self._held: dict[str, tuple[Override, int]] = {}
        self._following = 0
        self._for_whom: dict[tuple[str, str], frozenset[int]] = {}
        self._serial = 0

    def adopt(self, policy: Policy) -> frozenset[tuple[object, ...]]:
        """Go by another policy from now on and return the keys that are never given again."""
        staying = self._staying(policy)
        if staying is None:
            stale = list(self._shared)
            self._held = {}
        else:
            gone = frozenset(number for id_, (_, number) in self._held.items() if id_ not in staying)
            stale = [alike for alike in self._shared if not gone.isdisjoint(alike[-1])]
        keys = frozenset(self._shared.pop(alike).key for alike in stale)
        if staying is None:
            self._voices = _voices(policy.scopes)
        self._policy = policy
        self._number(policy.overrides, staying or frozenset())
        return keys

    def _staying(self, policy: Policy) -> frozenset[str] | None:
        """Ids of the overrides that stay as they are; None when no view can be kept: with another base, or
        when they come in another order, because among equals the first one counts."""
        named = {override.id: override for override in policy.overrides}
        if self._policy is None or self._policy.base != policy.base or len(named) != len(policy.overrides):
            return None
        staying = frozenset(id_ for id_, (override, _) in self._held.items() if named.get(id_) == override)
        in_order = [id_ for id_ in named if id_ in staying] == [id_ for id_ in self._held if id_ in staying]
        return staying if in_order and len(self._held) == len(self._policy.overrides) else None

    def of(self, subject: Subject) -> View:
        """Return the subject's view. Its `key` is small, and equal for those who are treated alike.

        Raises LookupError before a policy was adopted.
        """
        policy = self._policy
        if policy is None:
            raise LookupError("no policy was adopted yet")
        block_answer = policy.networks.get(subject.network, BlockAnswer.PAGE)
        overrides = self._overrides_for(subject)
        voices = tuple(self._voices[id_] for id_ in subject.scopes if id_ in self._voices)
        alike = (subject.group, voices, subject.minor, subject.inspectable, block_answer, overrides)
        view = self._shared.get(alike)
        if view is None:
            if len(self._shared) >= MAX_VIEWS:
                self._shared.clear()
            self._serial += 1
            view = self._shared[alike] = replace(view_for(policy, subject), key=(self._serial,))
        return view

    def _number(self, overrides: Iterable[Override], staying: frozenset[str]) -> None:
        """Give each override a number that it keeps while it stays, and note for whom each one is."""
        held, self._held = self._held, {}
        for_whom: dict[tuple[str, str], set[int]] = {}
        for override in overrides:
            if override.id in staying:
                number = held[override.id][1]
            else:
                number = self._following = self._following + 1
            self._held[override.id] = (override, number)
            audience = override.audience
            for kind in ("subjects", "classes", "grades", "groups", "schools"):
                for name in getattr(audience, kind):
                    for_whom.setdefault((kind, name), set()).add(number)
        self._for_whom = {whom: frozenset(numbers) for whom, numbers in for_whom.items()}

    def _overrides_for(self, subject: Subject) -> frozenset[int]:
        """Numbers of the overrides whose audience includes a subject (see decision.policy.Audience)."""
        asked = [("groups", subject.group), *(("classes", name) for name in subject.classes)]
        school = subject.school if subject.id else ""
        single = (("subjects", subject.id), ("grades", subject.grade), ("schools", school))
        asked += [(kind, name) for kind, name in single if name]
        found = [self._for_whom[whom] for whom in asked if whom in self._for_whom]
        if len(found) < 2:
            return found[0] if found else NONE
        return frozenset().union(*found)


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
        scope.pass_lists, scope.inspect, scope.log, scope.help,
    )  # fmt: skip
