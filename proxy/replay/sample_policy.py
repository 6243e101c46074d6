"""Which rules does a school's policy in short say, written as one JSON object?

Such a file names blocked hosts with their categories, URL prefixes, the school's domains, networks and
resolvers, and who may use which VPN or remote desktop. Its sentences (`..._rule`) describe what Schoolgate
does anyway; they are not read, and neither is anything else that is not listed here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

from proxy.bypass.surroundings import Surroundings
from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.decision.permits import Permit
from proxy.decision.policy import Category, CategoryRule, Policy, RuleAction, SafeSearchEngine, Scope
from proxy.decision.request import Subject
from proxy.decision.verdict import Basis
from proxy.replay.errors import NoRules, WrongRow
from proxy.replay.formats.fields import Fields
from proxy.replay.formats.hosts import host_or_as_it_is
from proxy.replay.hosts_by_category import HostsByCategory
from proxy.replay.rows import Who

DISTRICT, STUDENT = "district", "student"
ROLES = (STUDENT, "staff", "it")
CIDRS = {"it_cidr": "it", "staff_cidr": "staff", "student_cidr": STUDENT}
MAX_PORTS = 1000
ADDRESSES = ("host.ip_literal", "host.wildcard_ip")
PORTS = ("egress", "tls.port")
SOURCE = "policy.json"

type Network = IPv4Network | IPv6Network


class SamplePolicy:
    """One such file, read. Raises NoRules when it is none."""

    def __init__(self, file: Path) -> None:
        """Raises OSError."""
        try:
            data = json.loads(file.read_bytes())
        except (ValueError, RecursionError) as error:
            raise NoRules((f"{file} is no JSON: {error}",)) from error
        if not isinstance(data, dict) or "blocked_hosts" not in data:
            wanted = "a folder of settings, or a JSON object with `blocked_hosts`"
            raise NoRules((f"{file} is no policy; {wanted} is one",))
        self._fields = Fields(data)
        try:
            self._blocked = self._hosts(data["blocked_hosts"])
            self._prefixes = self._fields.texts("blocked_url_prefixes")
            self._people = tuple((role, self._network(name)) for name, role in CIDRS.items())
            self.around = self._surroundings()
            self._permits = {role: tuple(self._permits_of(role)) for role in ROLES}
            self._searches = self._fields.texts("safe_search_enforced")
        except WrongRow as wrong:
            hint = f" (it should be {wrong.hint})" if wrong.hint else ""
            raise NoRules((f"{file}: {wrong.field}: {wrong.wrong}{hint}",)) from wrong

    def policy(self, engines: Mapping[str, SafeSearchEngine]) -> tuple[Policy, tuple[str, ...]]:
        """Make the policy, and say what was left out of it.

        engines   search engines that we know, by id
        """
        names = sorted({*self._blocked.values(), "listed"})
        wanted = [text.split()[0].lower() for text in self._searches if text.strip()]
        held = {name: engines[name] for name in wanted if name in engines}
        categories = {name: Category(name, name.title(), "", Basis.LOCAL, SOURCE) for name in names}
        rules = tuple(CategoryRule(name, RuleAction.BLOCK, DISTRICT, SOURCE) for name in names)
        strict = dict.fromkeys(held, "strict")
        scopes = {DISTRICT: Scope(DISTRICT, DISTRICT, "District", rules=rules, safe_search=strict)}
        for role in ROLES:
            scopes[role] = Scope(
                role, "group", role.title(), DISTRICT, 1, minor=role == STUDENT, permits=self._permits[role]
            )
        policy = Policy(
            base=1,
            overlay=0,
            district=DISTRICT,
            zone=ZoneInfo("UTC"),
            categories=categories,
            scopes=scopes,
            listings=HostsByCategory(self._blocked, self._prefixes, SOURCE),
            strictest=STUDENT,
            engines=held,
            engine_hosts={host: engine.id for engine in held.values() for host in engine.hosts},
        )
        left_out = [name for name in wanted if name not in engines]
        return policy, tuple(f"safe search of '{name}' is unknown and not enforced" for name in left_out)

    def subjects(self, group: str) -> Callable[[Who], Subject]:
        """Say who stands for a recorded client: everybody the group that is given; else the role that the row
        names; else whoever has the range of its address; else a student.

        Raises NoRules when there is no such group.
        """
        if group and group not in ROLES:
            raise NoRules((f"there is no group '{group}'. Groups: {', '.join(ROLES)}",))
        people = {
            role: Subject(role, (role, DISTRICT), minor=role == STUDENT, inspectable=True) for role in ROLES
        }

        def subject_of(who: Who) -> Subject:
            return (
                people[group] if group else people.get(who.role.lower()) or people[self._role_at(who.address)]
            )

        return subject_of

    def _role_at(self, address: str) -> str:
        if address:
            found = ip_address(address)
            for role, network in self._people:
                if network is not None and found in network:
                    return role
        return STUDENT

    def _hosts(self, data: object) -> dict[str, str]:
        said = Fields(data if isinstance(data, dict) else {})
        if not isinstance(data, dict):
            raise WrongRow("blocked_hosts", "it is no object", "host names, each with its category")
        found = {}
        for name in data:
            try:
                found[canonical_host(name)] = said.text(name) or "blocked"
            except NameProblem as problem:
                raise WrongRow("blocked_hosts", f"'{name[:80]}' is no host: {problem}") from problem
        return found

    def _network(self, name: str) -> Network | None:
        return _network(name, self._fields.text(name)) if name in self._fields else None

    def _surroundings(self) -> Surroundings:
        egress = self._fields.inner("egress")
        return Surroundings(
            networks=tuple(_network("lan_cidrs", text) for text in self._fields.texts("lan_cidrs")),
            zones=frozenset(text.lower().rstrip(".") for text in self._fields.texts("internal_domains")),
            resolvers=frozenset(_addresses("gateway_resolver", self._fields.texts("gateway_resolver"))),
            privileged=tuple(
                range_ for role, range_ in self._people if range_ is not None and role != STUDENT
            ),
            tcp_out=frozenset(ports_in(egress, "tcp_allowed_out")) or frozenset({80, 443}),
            udp_out=frozenset(ports_in(egress, "udp_allowed_out")),
        )

    def _permits_of(self, role: str) -> Iterator[Permit]:
        for number, said in enumerate(self._fields.several("allowed_vpn")):
            if role not in said.texts("roles"):
                continue
            udp = frozenset(ports_in(said, "udp"))
            ports = udp | frozenset(ports_in(said, "tcp"))
            hosts = frozenset({host_or_as_it_is(said.text("host"))}) if "host" in said else frozenset[str]()
            yield Permit(f"vpn-{number}", "vpn", SOURCE, "a VPN that the school allows", hosts, ports)
            # A datagram names no host: where the file gives no address of the VPN, its ports alone count.
            places = frozenset(filter(is_address, hosts))
            for technique in ("vpn", "egress") if udp else ():
                yield Permit(f"vpn-{number}-{technique}", technique, SOURCE, "the same by UDP", places, udp)
        if role in self._fields.inner("remote_desktop").texts("allowed_roles"):
            yield Permit("remote", "remote", SOURCE, "remote desktops for whoever keeps machines running")
        if role != STUDENT:
            for technique in ADDRESSES:
                yield Permit(technique, technique, SOURCE, "bare addresses are refused to students alone")
            extra = frozenset(ports_in(self._fields.inner("egress"), f"tcp_{role}_extra"))
            extra |= frozenset(ports_in(self._fields.inner("egress"), "tcp_staff_extra"))
            for technique in PORTS if extra else ():
                yield Permit(technique, technique, SOURCE, "ports that may leave for adults", ports=extra)


def _network(field: str, text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise WrongRow(field, f"it is '{text[:40]}'", "an address range, such as 10.20.0.0/16") from error


def _addresses(field: str, texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        try:
            yield str(ip_address(text))
        except ValueError as error:
            raise WrongRow(field, f"it is '{text[:40]}'", "IP addresses") from error


def ports_in(said: Fields, name: str) -> Iterator[int]:
    """Ports of a list: numbers, and texts such as `3478-3481 (meeting media)`. Raises WrongRow."""
    for text in said.words(name):
        first, _, last = text.split("(")[0].strip().partition("-")
        last = last.strip() or first.strip()
        if (
            not (first.strip().isdecimal() and last.isdecimal())
            or not 0 <= int(last) - int(first) <= MAX_PORTS
        ):
            raise WrongRow(
                said.name(name), f"'{text[:40]}' is no port", "a port, or a range such as 3478-3481"
            )
        yield from range(int(first), int(last) + 1)
