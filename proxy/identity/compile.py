"""Which directory of networks, devices and people follows from the settings and the roster?"""

import secrets
from collections.abc import Mapping

from proxy.identity.directory import (
    Directory,
    KnownDevice,
    KnownForwarder,
    KnownNetwork,
    KnownPerson,
    KnownScope,
    login_hash,
)
from proxy.identity.roster import STUDENT, Roster, RosterFiles, RosterPerson, grade_code
from proxy.settings.schema import Settings
from proxy.settings.schema.scopes import Group
from proxy.settings.schema.who import Placement


def roster_files(settings: Settings) -> RosterFiles | None:
    """Where the roster's files lie, or None when the settings name none."""
    roster = settings.roster
    if roster is None:
        return None
    return RosterFiles(roster.users, roster.orgs, roster.classes, roster.enrollments, roster.demographics)


def directory_from(settings: Settings, roster: Roster | None = None, salt: str = "") -> Directory:
    """Compile the directory. People whom no placement fits are left out: nothing identifies them.

    salt    of the directory before, so that equal contents give equal directories; "" draws one
    """
    salt = salt or secrets.token_hex(16)
    scopes = _scopes(settings)
    placed = [
        (person, known)
        for person in (roster.people if roster else ())
        if (known := _person(settings, scopes, person)) is not None
    ]
    return Directory(
        strictest=settings.strictest,
        scopes=scopes,
        networks=tuple(
            KnownNetwork(
                id=network.id,
                ranges=network.addresses,
                group=network.group or settings.strictest,
                school=network.school or "",
                inspect=network.inspect,
                identify=network.identify,
            )
            for network in settings.networks
        ),
        forwarders=tuple(KnownForwarder(f.addresses, f.group) for f in settings.dns.forwarders),
        devices=tuple(
            KnownDevice(d.id, d.addresses, d.subject or "", d.group or "", d.school or "")
            for d in settings.devices
        ),
        people=tuple(known for _, known in placed),
        logins={login_hash(salt, p.username): p.id for p, _ in placed if p.username},
        salt=salt,
    )


def _scopes(settings: Settings) -> dict[str, KnownScope]:
    district = settings.district.id
    groups = {group.id: group for group in settings.groups}
    scopes = {district: KnownScope("district", inspect=settings.district.inspect)}
    for school in settings.schools:
        scopes[school.id] = KnownScope("school", district, inspect=school.inspect)
    for group in settings.groups:
        minor = _minor(group, groups)
        scopes[group.id] = KnownScope("group", group.parent or district, minor, group.inspect)
    for class_ in settings.classes:
        scopes[class_.id] = KnownScope("class", inspect=class_.inspect)
    for device in settings.devices:
        scopes[device.id] = KnownScope("device", inspect=device.inspect)
    return scopes


def _minor(group: Group | None, groups: Mapping[str, Group]) -> bool:
    """What the nearest group says; True when none does."""
    for _ in groups:
        if group is None or group.minor is not None:
            break
        group = groups.get(group.parent or "")
    return group is None or group.minor is None or group.minor


def _person(settings: Settings, scopes: Mapping[str, KnownScope], person: RosterPerson) -> KnownPerson | None:
    school = next((s.id for s in settings.schools if (s.roster_id or s.id) == person.school), person.school)
    group = (
        next((p.group for p in settings.roster.placements if _fits(p, person, school)), None)
        if settings.roster
        else None
    )
    if group is None:
        return None
    taken = tuple(c.id for c in settings.classes if (c.roster_id or c.id) in person.classes)
    young = person.adult is False or (person.adult is None and person.role == STUDENT)
    return KnownPerson(
        id=person.id,
        group=group,
        minor=scopes[group].minor or young,
        grade=person.grade,
        school=school,
        classes=tuple(dict.fromkeys((*person.classes, *taken))),
        class_scopes=taken if person.role == STUDENT else (),
    )


def _fits(placement: Placement, person: RosterPerson, school: str) -> bool:
    return (
        person.role in {role.value for role in placement.roles}
        and (not placement.grades or person.grade in map(grade_code, placement.grades))
        and placement.school in (None, school)
    )
