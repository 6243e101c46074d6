"""Which level stands above which, and how specific is each?"""

from collections.abc import Mapping

from proxy.settings.schema import Settings
from proxy.settings.schema.scopes import Class, Group

KINDS = ("district", "school", "group", "class", "device")
STEP = 100


def parents(settings: Settings) -> dict[str, str]:
    """Level id -> id of the level it inherits from; "" for the district."""
    district = settings.district.id
    found = {district: ""}
    for scope in settings.scopes():
        if scope is settings.district:
            continue
        stated = scope.parent if isinstance(scope, Group | Class) else None
        found[scope.id] = stated or district
    return found


def depths(settings: Settings) -> dict[str, int]:
    """Level id -> how specific it is: by kind, and within groups by how many groups stand above it."""
    above = parents(settings)
    groups = {group.id for group in settings.groups}
    return {
        scope.id: KINDS.index(scope.kind) * STEP
        + (_groups_above(scope.id, above, groups) if scope.kind == "group" else 0)
        for scope in settings.scopes()
    }


def _groups_above(id_: str, above: Mapping[str, str], groups: set[str]) -> int:
    seen = {id_}
    while (id_ := above.get(id_, "")) in groups and id_ not in seen:
        seen.add(id_)
    return len(seen) - 1
