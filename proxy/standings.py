"""Who asks, and what answers him? Worked out once for each client and policy.

A swap of the policy keeps nobody waiting: what takes long of it, `prepare`, is done beforehand where
files are read, and each client's standing is made when he next asks.
"""

from dataclasses import dataclass

from proxy.bundle.load import LoadedBundle
from proxy.decision.policy import Policy, View
from proxy.decision.request import Subject
from proxy.decision.unspoken import Paged, Unspoken
from proxy.identity.identities import Identities
from proxy.judgement import STRICT_VIEW, Change, Standing
from proxy.views import Numbered, Views

MAX_CLIENTS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A loaded bundle, made ready to be adopted after the policy that was in force then."""

    loaded: LoadedBundle
    numbered: Numbered
    changed_names: frozenset[str]


class Standings:
    """The standings of all clients under one policy after another, for one thread.

    policy       in force; None while none has ever been loaded
    identities   who is who
    known        standings by client, or by client and log-in name, as far as made since the last swap
    """

    def __init__(self, identities: Identities) -> None:
        self.policy: Policy | None = None
        self.identities = identities
        self._views = Views()
        self.known: dict[str | tuple[str, str], Standing] = {}
        self._unspoken: dict[tuple[object, ...], Unspoken] = {}
        self._unlisted: set[str] = set()
        self._paged: Paged = {}

    def of(self, client: str, login: str | None = None) -> Standing:
        """Return the standing of a client, or of whom a log-in name was proven to be."""
        who = client if login is None else (client, login)
        known = self.known.get(who)
        if known is None:
            if len(self.known) >= MAX_CLIENTS:
                self.known.clear()
            subject = self.identities.subject(client, login)
            view = self.view(subject)
            known = Standing(client, login, subject, view, self.policy, self._unspoken_of(view))
            self.known[who] = known
        return known

    def view(self, subject: Subject) -> View:
        """Return the view of a subject."""
        return self._views.of(subject) if self.policy is not None else STRICT_VIEW

    def _unspoken_of(self, view: View) -> Unspoken | None:
        if self.policy is None:
            return None
        found = self._unspoken.get(view.key)
        if found is None:
            found = self._unspoken[view.key] = Unspoken(self.policy, view, self._unlisted, self._paged)
        return found

    def prepare(self, loaded: LoadedBundle) -> Prepared:
        """Do beforehand what takes long of `adopt`. Changes nothing in force; any thread may do it."""
        numbered = self._views.prepare(loaded.policy)
        return Prepared(loaded, numbered, _changed_names(self.policy, loaded.policy))

    def adopt(self, loaded: LoadedBundle, prepared: Prepared | None = None) -> Change:
        """Go by another bundle from now on, and say what became stale.

        prepared   what `prepare` made of it; of no use when another bundle came in between
        """
        if prepared is None or prepared.loaded is not loaded or not prepared.numbered.follows(self._views):
            prepared = self.prepare(loaded)
        before, after = self.policy, loaded.policy
        stale = self._views.adopt(after, prepared.numbered)
        self.policy, self.identities = after, loaded.identities
        self.known, self._unspoken, self._paged = {}, {}, {}
        if before is not None and before.base == after.base:
            return Change(False, stale, prepared.changed_names)
        self._unlisted = set()
        if before is not None and loaded.since == before.base:
            return Change(True, stale, prepared.changed_names, loaded.relisted)
        return Change(True)


def _changed_names(before: Policy | None, after: Policy) -> frozenset[str]:
    """Names with a correction that only one of two policies has."""
    held = frozenset(before.corrections) if before is not None else frozenset()
    return frozenset(correction.name for correction in held ^ frozenset(after.corrections))
