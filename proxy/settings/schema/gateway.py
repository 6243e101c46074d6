"""Who is this gateway, how many workers has it, and what does it do without a policy?"""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from proxy.settings.fields import Endpoint, Id, Listen, LocalPath, Name, Text
from proxy.settings.schema.part import Part

Workers = Annotated[int, Field(ge=0, le=256)]


class FailMode(Enum):
    """What a client gets while no valid policy has ever been loaded. Neither mode is open."""

    REFUSE = "refuse"
    ESSENTIAL = "essential"


class GatewaySettings(Part):
    """The machine and its processes."""

    name: Id = "gateway"
    """Id of this gateway in events and tickets; different on every gateway of a district."""
    school_name: Text = "Our school"
    """Name of the school or district as people read it on block pages and in the certificate."""
    state: LocalPath = Path(".state")
    """Directory for the published policy, events, keys and lists; created with mode 0700."""
    workers_dns: Workers = 0
    """Resolver processes; 0 means one for each core."""
    workers_http: Workers = 0
    """Proxy processes; 0 means one for each core."""
    fail_mode: FailMode = FailMode.REFUSE
    """What clients get while no valid policy was ever loaded: nothing, or the `essential_names` only."""
    essential_names: tuple[Name, ...] = ()
    """Names (and everything below them) that stay reachable with `fail_mode: essential`."""
    admin_listen: Listen = Endpoint("127.0.0.1", 9310)
    """First address and port for /metrics, /healthz and /readyz; process k uses port + k."""
    own_names: Mapping[Name, Text] = {}
    """Further names of this gateway's own pages, with what stands there; no local rule blocks them."""
