"""What can a school set? The whole tree of typed, frozen settings."""

from collections.abc import Iterator, Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from proxy.settings.fields import GroupName, Id, wrong
from proxy.settings.schema.bypass import BypassSettings
from proxy.settings.schema.console import ConsoleSettings
from proxy.settings.schema.dns import DnsSettings
from proxy.settings.schema.gateway import GatewaySettings
from proxy.settings.schema.http import BlockPageSettings, ProxySettings
from proxy.settings.schema.incidents import IncidentSettings
from proxy.settings.schema.packets import PacketSettings
from proxy.settings.schema.part import Part
from proxy.settings.schema.records import JournalSettings, ListSettings, PassThroughList
from proxy.settings.schema.scopes import Class, Device, District, Group, School, ScopeSettings
from proxy.settings.schema.when import CalendarSettings, ScheduleSettings
from proxy.settings.schema.who import Network, RosterSettings


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise wrong(f"there is no time zone '{name[:60]}'", "for example America/Chicago") from error
    return name


class Settings(Part):
    """Everything a school sets. `model_dump_json` and `model_validate_json` give it back unchanged."""

    gateway: GatewaySettings = GatewaySettings()
    """The machine and its processes."""
    dns: DnsSettings
    """The resolver."""
    proxy: ProxySettings = ProxySettings()
    """The inspecting proxy."""
    packets: PacketSettings | None = None
    """The packet filter of this machine; not written: none is made."""
    block_page: BlockPageSettings = BlockPageSettings()
    """The page that says what was blocked and why."""
    journal: JournalSettings = JournalSettings()
    """The record of what was judged."""
    console: ConsoleSettings | None = None
    """The console, where people ask for a page and get an answer; not written: none is started."""
    bypass: BypassSettings = BypassSettings()
    """What is looked for of ways around the filter."""
    incidents: IncidentSettings = IncidentSettings()
    """What is counted of ways around the filter, and when an adult is asked to look."""
    lists: ListSettings = ListSettings()
    """Which lists are in use."""
    pass_through: tuple[PassThroughList, ...] = ()
    """The school's own pass-through lists, beside those in `blocklists/pass_through`."""
    zone: Annotated[str, AfterValidator(_zone)]
    """Time zone of all times in these settings, for example `America/Chicago`."""
    calendar: CalendarSettings = CalendarSettings()
    """The school calendar."""
    schedules: Mapping[Id, ScheduleSettings] = {}
    """Named schedules that rules can depend on."""
    district: District = District(id="district")
    """The level above all others."""
    schools: tuple[School, ...] = ()
    """The schools of the district."""
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    """The groups."""
    classes: tuple[Class, ...] = ()
    """Classes with rules of their own."""
    devices: tuple[Device, ...] = ()
    """Devices known by their address."""
    networks: Annotated[tuple[Network, ...], Field(min_length=1)]
    """Where clients come from."""
    strictest: GroupName
    """Group of clients that nothing identifies; it must be a group of minors."""
    roster: RosterSettings | None = None
    """Where the school's people come from; without it, only devices and networks identify."""

    @property
    def time_zone(self) -> ZoneInfo:
        """`zone` as a time zone."""
        return ZoneInfo(self.zone)

    @property
    def portal(self) -> str:
        """Address of the page where an unblock can be asked for; "" when there is none."""
        return self.block_page.portal or (f"{self.console.url}/ask" if self.console is not None else "")

    def scopes(self) -> Iterator[ScopeSettings]:
        """Every level, parents' kinds first: district, schools, groups, classes, devices."""
        yield self.district
        yield from self.schools
        yield from self.groups
        yield from self.classes
        yield from self.devices

    def path_of(self, scope: ScopeSettings) -> tuple[str, ...]:
        """Where a level stands in the settings: its key and, in a list, its id."""
        keys = {"school": "schools", "group": "groups", "class": "classes", "device": "devices"}
        return (keys[scope.kind], scope.id) if scope.kind in keys else ("district",)
