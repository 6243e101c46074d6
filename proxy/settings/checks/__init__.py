"""What is wrong with settings whose single values are right?

Each check yields what it finds as a path of steps (a list's item by its `id`), a message and a hint.
Checks hold on settings from which wrong values were left out, so what a name refers to may be absent.
"""

from collections.abc import Callable, Iterator

from proxy.settings.checks.addresses import (
    devices_outside,
    forwarders_outside,
    ranges_used_twice,
    same_listeners,
    upstream_is_ourselves,
)
from proxy.settings.checks.console import (
    database_password_is_used,
    duties_need_a_roster,
    log_ins_are_encrypted,
    mail_is_encrypted,
)
from proxy.settings.checks.levels import (
    circles,
    contradictions,
    permits_used_twice,
    profiles_and_minors,
    strictest_is_for_minors,
    subjects_without_roster,
)
from proxy.settings.checks.packets import (
    further_networks_exist,
    packets_reach_the_proxy,
    packets_reach_the_resolver,
)
from proxy.settings.checks.parts import (
    aliases_beside_records,
    block_page_has_addresses,
    enough_transparent_ports,
    essential_names_are_sites,
    essential_names_named,
    list_ids_used_twice,
    login_has_a_file,
    segments_fit,
)
from proxy.settings.schema import Settings
from proxy.settings.wording import Worded

CHECKS: tuple[Callable[[Settings], Iterator[Worded]], ...] = (
    circles,
    profiles_and_minors,
    strictest_is_for_minors,
    contradictions,
    permits_used_twice,
    subjects_without_roster,
    ranges_used_twice,
    devices_outside,
    forwarders_outside,
    same_listeners,
    upstream_is_ourselves,
    block_page_has_addresses,
    login_has_a_file,
    enough_transparent_ports,
    essential_names_named,
    essential_names_are_sites,
    aliases_beside_records,
    list_ids_used_twice,
    segments_fit,
    log_ins_are_encrypted,
    mail_is_encrypted,
    duties_need_a_roster,
    database_password_is_used,
    packets_reach_the_proxy,
    packets_reach_the_resolver,
    further_networks_exist,
)


def whole_checks(settings: Settings) -> Iterator[Worded]:
    """Run every check."""
    for check in CHECKS:
        yield from check(settings)
