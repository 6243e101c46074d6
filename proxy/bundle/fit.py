"""Which entries of an overlay may not take effect, or find nobody and nothing in this base?"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from proxy.bundle.overlay import Overlay
from proxy.decision.audience import Audience
from proxy.decision.names import covers, is_address
from proxy.decision.permits import is_part_of
from proxy.decision.policy import FLOOR, Category, Correction, Override, Policy, Target
from proxy.decision.urls import DEFAULT_PORTS, Url
from proxy.decision.verdict import Action, Basis
from proxy.identity.directory import Directory
from proxy.lists.suffixes import public_suffixes


def may_apply(correction: Correction, categories: Mapping[str, Category]) -> bool:
    """Say whether a correction counts: see `objection`."""
    return objection(correction, categories) is None


def objection(correction: Correction, categories: Mapping[str, Category]) -> str | None:
    """Why a correction does not count, or None when it does.

    It must speak of a site, not of everything under a public suffix. Taking a name out of a floor
    category needs two people: two different names, where only letters and digits make a difference.
    """
    if not is_address(correction.name) and public_suffixes().holds(correction.name):
        return f"'{correction.name}' is no site but everything that ends in it"
    if not _is_floor(correction.category, categories):
        return None
    if len({_one_spelling(name) for name in correction.by} - {""}) < 2:
        return (
            f"'{correction.category}' is blocked by law, and taking a name out of it needs two different "
            "people in `by`"
        )
    return None


def effective(overlay: Overlay, categories: Mapping[str, Category]) -> Overlay:
    """Return the overlay without the corrections that may not apply."""
    kept = tuple(c for c in overlay.corrections if may_apply(c, categories))
    return replace(overlay, corrections=kept)


def misfits(
    overlay: Overlay, policy: Policy, directory: Directory, techniques: Iterable[str] = ()
) -> Iterator[str]:
    """Yield one line for each thing in an overlay that has no effect on top of a base, or may have none.

    policy       the base with the overlay already put on
    techniques   all that the base knows

    People are counted, not named.
    """
    for correction in overlay.corrections:
        if correction.category not in policy.categories:
            yield f"correction {correction.id}: there is no category '{correction.category}'"
        else:
            why = objection(correction, policy.categories)
            if why is not None:
                yield f"correction {correction.id} is not applied: {why}"
    classes = frozenset(class_ for person in directory.people for class_ in person.classes)
    known = {
        "group": frozenset(i for i, scope in policy.scopes.items() if scope.kind == "group"),
        "school": frozenset(i for i, scope in policy.scopes.items() if scope.kind == "school"),
        "class": classes | frozenset(i for i, scope in policy.scopes.items() if scope.kind == "class"),
    }
    subjects = frozenset(p.id for p in directory.people) | frozenset(d.id for d in directory.devices)
    for correction in overlay.corrections:
        for id_ in sorted(correction.schools - known["school"]):
            yield f"correction {correction.id}: there is no school '{id_}'"
    for permit in overlay.permits:
        yield from _nobody(f"permit {permit.id}", permit.audience, known, subjects)
        if not any(is_part_of(technique, permit.technique) for technique in techniques):
            yield f"permit {permit.id}: there is no technique '{permit.technique}'"
    for override in overlay.overrides:
        yield from _nobody(f"override {override.id}", override.audience, known, subjects)
        allows = override.action is Action.ALLOW
        floor = floor_listing(override.target, policy, _schools(override)) if allows else ""
        if floor:
            yield f"override {override.id} cannot open {override.target}: it is listed under '{floor}'"


def _nobody(
    what: str, audience: Audience, known: Mapping[str, frozenset[str]], subjects: frozenset[str]
) -> Iterator[str]:
    schools = audience.schools | audience.within
    named = {"group": audience.groups, "school": schools, "class": audience.classes}
    for kind, ids in named.items():
        for id_ in sorted(ids - known[kind]):
            yield f"{what}: there is no {kind} '{id_}'"
    gone = len(audience.subjects - subjects)
    if gone:
        yield f"{what}: {gone} of its {len(audience.subjects)} subjects are not known"


def _schools(override: Override) -> frozenset[str]:
    """The schools within which an override's audience lies, as far as it says; empty: it does not."""
    audience = override.audience
    if audience.subjects:
        return frozenset()
    if audience.within:
        return audience.within | audience.schools
    return frozenset() if audience.classes or audience.grades or audience.groups else audience.schools


def floor_listing(target: Target, policy: Policy, schools: frozenset[str] = frozenset()) -> str:
    """The category under which a site or page is listed and that the law asks to block; "": there is none.

    schools   for whom: who belongs to one of them, where corrections for these alone count; empty: anybody

    No override opens such a target. A page that is listed keeps nobody from opening the rest of its site.
    """
    host = target.host
    corrected = {
        c.category
        for c in policy.corrections
        if covers(c.name, host) and (not c.schools or (schools and schools <= c.schools))
    }
    listings = [*policy.listings.for_host(host)]
    if not target.is_site:
        page = Url("https", host, DEFAULT_PORTS["https"], target.path, target.query or "")
        listings += policy.listings.for_url(page)
    found = {listing.category for listing in listings} - corrected
    return next((category for category in sorted(found) if _is_floor(category, policy.categories)), "")


def _is_floor(category: str, categories: Mapping[str, Category]) -> bool:
    known = categories.get(category)
    return category in FLOOR or (known is not None and known.basis is Basis.CIPA)


def _one_spelling(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
