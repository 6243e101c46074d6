"""Does each part have what another part expects of it?"""

from collections import Counter
from collections.abc import Iterator

from proxy.decision.policy import BlockAnswer
from proxy.lists.suffixes import public_suffixes
from proxy.settings.schema import Settings
from proxy.settings.schema.dns import RecordType
from proxy.settings.schema.gateway import FailMode
from proxy.settings.wording import Worded


def block_page_has_addresses(settings: Settings) -> Iterator[Worded]:
    """Networks whose blocked names lead to a block page that has no address."""
    asking = [network.id for network in settings.networks if network.block_answer is BlockAnswer.PAGE]
    if asking and not settings.block_page.addresses:
        message = (
            f"no `addresses` are set, and network '{asking[0]}' answers blocked names with the block page"
        )
        yield Worded(
            ("block_page", "addresses"),
            message,
            "set `block_page.addresses`, or `block_answer: nxdomain` there",
        )


def login_has_a_file(settings: Settings) -> Iterator[Worded]:
    """A log-in that nobody could pass."""
    if settings.proxy.require_login and settings.proxy.htpasswd is None:
        hint = "set `proxy.htpasswd`"
        yield Worded(
            ("proxy", "require_login"), "a log-in is required, and there is no file of log-ins", hint
        )


def enough_transparent_ports(settings: Settings) -> Iterator[Worded]:
    """Redirected traffic needs a port for each worker, neither more nor fewer."""
    ports, workers = len(settings.proxy.transparent_listen), settings.gateway.workers_http
    if ports and workers and ports != workers:
        message = f"addresses for redirected traffic ({ports}) and proxy workers ({workers}) differ in number"
        yield Worded(("proxy", "transparent_listen"), message, "list one for each of `gateway.workers_http`")


def essential_names_named(settings: Settings) -> Iterator[Worded]:
    """Essential names that were announced and not listed."""
    if settings.gateway.fail_mode is FailMode.ESSENTIAL and not settings.gateway.essential_names:
        hint = "list `gateway.essential_names`, or write `fail_mode: refuse`"
        yield Worded(("gateway", "essential_names"), "no essential names are listed", hint)


def essential_names_are_sites(settings: Settings) -> Iterator[Worded]:
    """Essential names under which strangers have their sites: that would be no filter at all."""
    for number, name in enumerate(settings.gateway.essential_names):
        if public_suffixes().holds(name):
            message = f"'{name}' would leave every site open that ends in it"
            hint = "name sites, for example update.example.org"
            yield Worded(("gateway", "essential_names", number), message, hint)


def aliases_beside_records(settings: Settings) -> Iterator[Worded]:
    """A name with an alias cannot have another record (RFC 1034, section 3.6.2)."""
    records = Counter(record.name for record in settings.dns.local_records)
    for number, record in enumerate(settings.dns.local_records):
        if record.type is RecordType.CNAME and records[record.name] > 1:
            message = f"{record.name} has an alias and another record"
            yield Worded(("dns", "local_records", number), message, "a name with a CNAME has nothing else")


def list_ids_used_twice(settings: Settings) -> Iterator[Worded]:
    """Two lists under one id could not be told apart as evidence."""
    seen = set(settings.lists.subscribe)
    for number, local in enumerate(settings.lists.local):
        if local.id in seen:
            path = ("lists", "local", number, "id")
            yield Worded(path, f"the id '{local.id}' is used by two lists", "choose another")
        seen.add(local.id)


def segments_fit(settings: Settings) -> Iterator[Worded]:
    """Files of events that would not fit into the room for all of them."""
    if settings.journal.segment_bytes * 4 > settings.journal.max_bytes:
        message = (
            f"{settings.journal.segment_bytes} is too large for `max_bytes: {settings.journal.max_bytes}`"
        )
        yield Worded(("journal", "segment_bytes"), message, "at most a quarter of `max_bytes`")
