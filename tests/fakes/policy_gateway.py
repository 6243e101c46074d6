"""A gateway in force under a policy that a test wrote, without a published bundle on disk.

Networks: 127.0.0.1 and ::1 `lan` (block page), 127.0.1.1 `quiet` (NXDOMAIN), 127.0.1.2 `empty` (NODATA),
127.0.1.3 `curt` (REFUSED), 127.0.1.4 `office` (staff). All else, such as 127.0.2.1, is a stranger.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import policies
from proxy.bundle.load import LoadedBundle
from proxy.decision.policy import BlockAnswer, Policy
from proxy.gateway import Gateway
from proxy.identity.identities import Identities
from proxy.journal.pseudonym import Pseudonyms
from proxy.journal.spool import Spool
from proxy.settings.schema import Settings

NETWORKS = {
    "lan": (["127.0.0.1/32", "::1/128"], "pupils", BlockAnswer.PAGE),
    "quiet": (["127.0.1.1/32"], "pupils", BlockAnswer.NXDOMAIN),
    "empty": (["127.0.1.2/32"], "pupils", BlockAnswer.NODATA),
    "curt": (["127.0.1.3/32"], "pupils", BlockAnswer.REFUSED),
    "office": (["127.0.1.4/32"], "staff", BlockAnswer.PAGE),
}
BLOCK_ANSWERS = {name: answer for name, (_, _, answer) in NETWORKS.items()}


def settings(**dns: Any) -> Settings:
    """Settings with the networks above; keywords go into the `dns` part."""
    return Settings.model_validate(
        {
            "zone": "America/Chicago",
            "strictest": "pupils",
            "dns": {"upstreams": [{"address": "127.0.0.1", "port": 9}], "listen": ["127.0.0.1:0"]} | dns,
            "block_page": {"host": "block.school.example", "addresses": ["192.0.2.80", "2001:db8::80"]},
            "groups": [
                {"id": "pupils", "title": "Pupils", "profile": "middle", "minor": True},
                {"id": "staff", "title": "Staff", "profile": "staff", "minor": False},
            ],
            "networks": [
                {"id": id_, "addresses": ranges, "group": group, "block_answer": answer.value}
                for id_, (ranges, group, answer) in NETWORKS.items()
            ],
        }
    )


def policy(listings: dict[str, list[str]] | None = None, *scopes: Any, **more: Any) -> Policy:
    """A policy of the small school with the networks' block answers."""
    return policies.policy(listings or {}, *scopes, **({"networks": BLOCK_ANSWERS} | more))


def put_in_force(gateway: Gateway, policy: Policy, settings: Settings) -> None:
    """Swap a policy in, as the watcher does."""
    gateway.swap(LoadedBundle(policy, settings, Identities.from_settings(settings)))


def gateway(
    state: Path,
    policy: Policy,
    settings: Settings,
    *,
    clock: Callable[[], datetime] = lambda: policies.school_time("10:40"),
    spool: Spool | None = None,
) -> Gateway:
    """A gateway under a policy; with a spool it records."""
    pseudonyms = Pseudonyms.open_or_create(state / "keys") if spool is not None else None
    made = Gateway(state, clock=clock, spool=spool, pseudonyms=pseudonyms)
    put_in_force(made, policy, settings)
    return made
