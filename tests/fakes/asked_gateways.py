"""Clients of the written school, and what its gateway says to them."""

from dataclasses import dataclass
from datetime import datetime

from proxy.decision.request import Attempt, Stage
from proxy.decision.verdict import Action, Reason
from proxy.gateway import Gateway
from written_school import MORNING

PUPIL, OFFICE, OUTSIDER = "192.0.2.1", "198.51.100.1", "10.0.0.1"
BLOCKED, OPEN = (Action.BLOCK, Reason.CATEGORY), (Action.ALLOW, Reason.DEFAULT)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now


class Broken:
    """Listings of a file that cannot be read any more."""

    def for_host(self, host: str) -> tuple[()]:
        raise OSError(f"cannot look up {host}")

    def for_url(self, url: object) -> tuple[()]:
        raise OSError("cannot look up")

    def may_list_pages(self, host: str) -> bool:
        raise OSError("cannot look up")

    def url_categories(self, host: str) -> frozenset[str]:
        raise OSError("cannot look up")


def dns(host: str, client: str = PUPIL) -> Attempt:
    return Attempt(client, Stage.DNS, host, method="A")


def outcome(gateway: Gateway, host: str, client: str = PUPIL) -> tuple[Action, Reason]:
    verdict = gateway.judge(dns(host, client)).verdict
    return verdict.action, verdict.reason
