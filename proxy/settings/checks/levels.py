"""Do the levels fit together: who inherits from whom, who is a minor, what is allowed and blocked at once?"""

from collections.abc import Iterator

from proxy.settings.schema import Settings
from proxy.settings.schema.scopes import Group, Profile
from proxy.settings.wording import Loc, Worded


def circles(settings: Settings) -> Iterator[Worded]:
    """Groups that inherit from themselves."""
    for group in settings.groups:
        line = lineage(settings, group)
        if line[-1].parent == group.id:
            names = " -> ".join([*(above.id for above in line), group.id])
            hint = f"{names}; leave one `parent` away"
            yield Worded(("groups", group.id, "parent"), "the group inherits from itself", hint)


def profiles_and_minors(settings: Settings) -> Iterator[Worded]:
    """Groups of which neither they nor a group above say what they are."""
    for group in settings.groups:
        line = lineage(settings, group)
        path = ("groups", group.id, "profile")
        profile, minor = profile_of(line), minor_of(line)
        if profile is None:
            choices = ", ".join(profile.value for profile in Profile)
            yield Worded(path, f"the group '{group.id}' has no `profile`", f"one of {choices}")
        if minor is None:
            hint = "`minor: true` for people under 17, `minor: false` for adults"
            message = f"the group '{group.id}' does not say whether it is for minors"
            yield Worded(("groups", group.id, "minor"), message, hint)
        if minor and profile is Profile.STAFF:
            hint = "choose another profile, or `minor: false`"
            yield Worded(path, f"the group '{group.id}' is for minors and has the profile 'staff'", hint)


def strictest_is_for_minors(settings: Settings) -> Iterator[Worded]:
    """Whom nothing identifies may be a child."""
    group = next((group for group in settings.groups if group.id == settings.strictest), None)
    if group is not None and minor_of(lineage(settings, group)) is False:
        minors = [g.id for g in settings.groups if minor_of(lineage(settings, g))]
        hint = f"groups for minors: {', '.join(minors)}" if minors else "make a group with `minor: true`"
        yield Worded(
            ("strictest",), f"'{group.id}' is a group for adults; unknown people may be minors", hint
        )


def contradictions(settings: Settings) -> Iterator[Worded]:
    """Targets that one level both allows and blocks."""
    for scope in settings.scopes():
        allowed = {line.target(): line for line in scope.allow}
        for line in scope.block:
            first = allowed.get(line.target())
            if first is not None:
                path = settings.path_of(scope)
                message = f"{line.target()} is blocked here, and allowed by the same level"
                place = f" ({first.file}, line {first.line})" if first.line else ""
                number = scope.block.index(line)
                yield Worded((*path, "block", number), message, f"keep one of the two{place}")


def permits_used_twice(settings: Settings) -> Iterator[Worded]:
    """Permits under one id could not be told apart in the record."""
    seen: set[str] = set()
    for scope in settings.scopes():
        for number, permit in enumerate(scope.permits):
            if permit.id in seen:
                path: Loc = (*settings.path_of(scope), "permits", number, "id")
                yield Worded(path, f"the id '{permit.id}' is used by two permits", "choose another")
            seen.add(permit.id)


def subjects_without_roster(settings: Settings) -> Iterator[Worded]:
    """Devices of persons, where no roster says who they are."""
    for device in settings.devices:
        if device.subject is not None and settings.roster is None:
            path = ("devices", device.id, "subject")
            yield Worded(
                path, "a `subject` needs a roster to be found in", "add `roster`, or name a `group` instead"
            )


def lineage(settings: Settings, group: Group) -> list[Group]:
    """A group and the groups above it, nearest first; each once."""
    groups = {each.id: each for each in settings.groups}
    found = [group]
    while (above := groups.get(found[-1].parent or "")) is not None and above not in found:
        found.append(above)
    return found


def profile_of(line: list[Group]) -> Profile | None:
    """The profile that the nearest group states."""
    return next((group.profile for group in line if group.profile is not None), None)


def minor_of(line: list[Group]) -> bool | None:
    """What the nearest group says of its members' age."""
    return next((group.minor for group in line if group.minor is not None), None)
