"""Which subject is behind an address or a log-in name? What nothing identifies gets the strictest view.

Identity comes from the peer's address and from a log-in that was proven, never from a header.
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import Self

from proxy.decision.request import Subject
from proxy.identity.compile import directory_from
from proxy.identity.directory import Directory, KnownDevice, KnownNetwork, KnownPerson, login_hash
from proxy.identity.ranges import Ranges
from proxy.identity.roster import Roster
from proxy.settings.schema import Settings

KINDS = ("device", "class", "group", "school", "district")  # most specific first
MAX_REMEMBERED = 20_000


class Identities:
    """Answers who a client is, from a directory that does not change."""

    def __init__(self, directory: Directory) -> None:
        """Raises ValueError when a range is no range, or given twice."""
        self.directory = directory
        self._networks = Ranges((ip_network(r), n) for n in directory.networks for r in n.ranges)
        self._forwarders = Ranges((ip_network(r), f) for f in directory.forwarders for r in f.ranges)
        self._devices = Ranges((ip_network(r), d) for d in directory.devices for r in d.ranges)
        self._people = {person.id: person for person in directory.people}
        self._remembered: dict[tuple[str, str | None], Subject] = {}

    @classmethod
    def from_settings(cls, settings: Settings, roster: Roster | None = None) -> Self:
        """Identities of what the settings name, and of the people in a roster."""
        return cls(directory_from(settings, roster))

    @classmethod
    def of_nobody(cls) -> Self:
        """Identities that know no network, so that nobody is served."""
        return cls(Directory(strictest=""))

    def known_network(self, client: str) -> str | None:
        """Return the id of the network that holds a client, or None: not one of ours, do not serve."""
        network = self._networks.find(client)
        return network.id if network is not None else None

    def subject(self, client: str, login: str | None = None) -> Subject:
        """Return who asks.

        client   the peer's IP address
        login    a log-in name that was proven by a password, or None

        A forwarder's group counts before everything, then a log-in, a device, its network. A log-in
        name that the roster does not have identifies nobody and leaves what the address says.
        """
        remembered = self._remembered.get((client, login))
        if remembered is None:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            remembered = self._remembered[client, login] = self._identify(client, login)
        return remembered

    def single_device(self, client: str) -> str:
        """Return the id of the device that has an address, whichever of its addresses that is; "" where there
        is none, or where it may be one of many: an entry may be a cart of devices.

        An entry is one device when one person alone uses it, or when it has one IPv4 address.
        """
        network, device = self._networks.find(client), self._devices.find(client)
        if (
            network is None
            or not network.identify
            or device is None
            or self._forwarders.find(client) is not None
        ):
            return ""
        four = [one for one in map(ip_network, device.ranges) if one.version == 4]
        is_one = bool(device.owner) or (len(four) == 1 and four[0].num_addresses == 1)
        return device.id if is_one else ""

    def strictest(self) -> Subject:
        """Return the subject that stands for anybody whom nothing identifies."""
        return self._subject(None, None, self.directory.strictest)

    def named(self, id_: str) -> Subject | None:
        """Return the subject with a roster or device id, or one that stands for a group; None when there
        is no such id. For tools: the client is taken to stand in its device's network, else in the first
        network that its group has."""
        devices = self.directory.devices
        device = next((d for d in devices if d.id == id_ or (d.owner and d.owner == id_)), None)
        person = self._people.get(id_) or self._owner(device)
        if person is not None:
            return self._of_person(person, device, self._usual_network(device, person.group))
        if device is not None:
            group = device.group or self.directory.strictest
            return self._subject(self._usual_network(device, group), device, group)
        scope = self.directory.scopes.get(id_)
        if scope is None or scope.kind != "group":
            return None
        return self._subject(self._usual_network(None, id_), None, id_)

    def _usual_network(self, device: KnownDevice | None, group: str) -> KnownNetwork | None:
        if device is not None and device.ranges:
            return self._networks.find(str(ip_network(device.ranges[0]).network_address))
        return next((network for network in self.directory.networks if network.group == group), None)

    def _identify(self, client: str, login: str | None) -> Subject:
        network, forwarder = self._networks.find(client), self._forwarders.find(client)
        if network is None:
            return self.strictest()
        if forwarder is not None:
            return self._subject(network, None, forwarder.group)
        device = self._devices.find(client) if network.identify else None
        person = (self._logged_in(login) if network.identify else None) or self._owner(device)
        if person is not None:
            return self._of_person(person, device, network)
        return self._subject(network, device, (device.group if device else "") or network.group)

    def _subject(self, network: KnownNetwork | None, device: KnownDevice | None, group: str) -> Subject:
        school = (device.school if device else "") or (network.school if network else "")
        scopes = self._chain([device.id if device else "", school, group])
        return Subject(
            group=group,
            scopes=scopes,
            minor=self._minor(group),
            id=device.id if device else "",
            school=school,
            inspectable=self._inspectable(network, scopes),
            network=network.id if network else "",
        )

    def _of_person(
        self, person: KnownPerson, device: KnownDevice | None, network: KnownNetwork | None
    ) -> Subject:
        starts = [device.id if device else "", *person.class_scopes, person.school, person.group]
        scopes = self._chain(starts)
        return Subject(
            group=person.group,
            scopes=scopes,
            minor=person.minor,
            id=person.id,
            school=person.school,
            grade=person.grade,
            classes=person.classes,
            inspectable=self._inspectable(network, scopes),
            network=network.id if network else "",
        )

    def _inspectable(self, network: KnownNetwork | None, scopes: tuple[str, ...]) -> bool:
        """What the network says; where it is silent, somebody above must have said yes."""
        if network is not None and network.inspect is not None:
            return network.inspect
        said = (self.directory.scopes[id_].inspect for id_ in scopes)
        return next((inspect for inspect in said if inspect is not None), False)

    def _logged_in(self, login: str | None) -> KnownPerson | None:
        if not login:
            return None
        id_ = self.directory.logins.get(login_hash(self.directory.salt, login))
        return self._people.get(id_) if id_ is not None else None

    def _owner(self, device: KnownDevice | None) -> KnownPerson | None:
        return self._people.get(device.owner) if device is not None and device.owner else None

    def _minor(self, group: str) -> bool:
        scope = self.directory.scopes.get(group)
        return scope is None or scope.minor

    def _chain(self, starts: Iterable[str]) -> tuple[str, ...]:
        """The scopes above some scopes, most specific first: by kind, and within a kind the nearer first."""
        found: dict[str, int] = {}
        for start in starts:
            for id_ in self._above(start):
                found.setdefault(id_, len(found))
        rank = {kind: place for place, kind in enumerate(KINDS)}
        return tuple(sorted(found, key=lambda id_: (rank[self.directory.scopes[id_].kind], found[id_])))

    def _above(self, start: str) -> Iterator[str]:
        """A scope and its parents, nearest first; none when there is no such scope."""
        for _ in self.directory.scopes:
            scope = self.directory.scopes.get(start)
            if scope is None:
                return
            yield start
            start = scope.parent
