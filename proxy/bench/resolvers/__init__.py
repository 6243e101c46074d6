"""Which resolvers are measured, and in which order?"""

from proxy.bench.resolvers.bind import Bind
from proxy.bench.resolvers.dnsdist import Dnsdist
from proxy.bench.resolvers.dnsmasq import Dnsmasq
from proxy.bench.resolvers.echo import Echo
from proxy.bench.resolvers.recursor import Recursor
from proxy.bench.resolvers.resolver import Resolver
from proxy.bench.resolvers.unbound import Unbound

PEERS: dict[str, type[Resolver]] = {
    peer.name: peer for peer in (Dnsmasq, Unbound, Bind, Recursor, Dnsdist, Echo)
}
