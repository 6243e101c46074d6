"""Which detectors look at a question for a name, and in which order? TunnelWatch looks at them together."""

from proxy.bypass.dns.answers import behind_alias, rebinding, service_binding
from proxy.bypass.dns.grammar import tunnel_message
from proxy.bypass.dns.listed import called_resolver, called_vpn, listed_name
from proxy.bypass.dns.signals import (
    designated_resolver,
    foreign_resolver,
    hidden_resolver,
    proxy_configuration,
)
from proxy.bypass.dns.spelled import malformed
from proxy.bypass.noticing import Detector
from proxy.bypass.observed import Question

NAME_DETECTORS: tuple[Detector[Question], ...] = (
    malformed,  # first: what is no name tells the others nothing
    foreign_resolver,  # whom it went to counts, whatever was asked
    listed_name,  # services by their names, and what devices ask by themselves
    designated_resolver,  # the same signals below any name
    proxy_configuration,
    hidden_resolver,
    called_resolver,  # what calls itself a resolver or a VPN, where no list knows it
    called_vpn,
    tunnel_message,  # what a single question of a tunnel's client shows
    behind_alias,  # from here on the answer speaks
    rebinding,
    service_binding,
)
