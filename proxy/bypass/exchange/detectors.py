"""Which detectors look at an exchange, and in which order?"""

from proxy.bypass.exchange.bare import bare_answer, bare_message, bare_request
from proxy.bypass.exchange.bodies import known_body
from proxy.bypass.exchange.decoded import hidden_address
from proxy.bypass.exchange.doh import doh_answer, doh_request
from proxy.bypass.exchange.extensions import known_extension
from proxy.bypass.exchange.foreign_proxy import foreign_proxy
from proxy.bypass.exchange.fronting import fronting
from proxy.bypass.exchange.heads import known_answer, known_request, known_service
from proxy.bypass.exchange.pac import outside_pac
from proxy.bypass.exchange.parts import several_parts
from proxy.bypass.exchange.posted import posted_connection
from proxy.bypass.exchange.rammerhead import rammerhead_session
from proxy.bypass.exchange.safe_search import safe_search
from proxy.bypass.exchange.sockets import tunnel_handshake, tunnel_message
from proxy.bypass.exchange.tor import tor_request
from proxy.bypass.exchange.wisp import wisp
from proxy.bypass.noticing import Detector
from proxy.bypass.observed import Exchange

REQUEST_DETECTORS: tuple[Detector[Exchange], ...] = (
    foreign_proxy,  # what is said to another proxy is not to be read as if it were said to a server
    fronting,  # then whether the host is the one that was asked for
    known_service,  # names cost least
    bare_request,  # fields that no other software uses
    known_request,  # methods, paths and fields of the tables
    doh_request,  # a question in the query or the body
    tunnel_handshake,  # upgrades only
    tor_request,  # posts only
    posted_connection,  # bodies only
    hidden_address,  # decodes paths and queries: the dearest of them
    safe_search,  # engines' hosts only
    known_extension,  # stores' hosts only
)
ANSWER_DETECTORS: tuple[Detector[Exchange], ...] = (
    bare_answer,  # fields first, they cost least
    known_answer,
    doh_answer,
    outside_pac,
    several_parts,
    rammerhead_session,  # one path only
    known_body,  # one pass over the body, last
)
# Asked after each message: the decisive one, whose number evidence names, is not forwarded then.
MESSAGE_DETECTORS: tuple[Detector[Exchange], ...] = (
    wisp,  # names its targets, which says most
    bare_message,  # so does this, once
    tunnel_message,
)
