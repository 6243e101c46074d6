"""Which host does a recorded text name, in our one spelling?"""

from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.decision.urls import split_port

MAX_NAME = 253


def host_or_as_it_is(text: str) -> str:
    """The canonical host; where there is none, the text in lower case, cut to a name's length."""
    try:
        return canonical_host(text)
    except NameProblem:
        return text.strip().lower().rstrip(".")[:MAX_NAME]


def address_or_none(text: str) -> str:
    """A canonical IP address, a port behind it left out; "" for anything else."""
    try:
        host = canonical_host(split_port(text.strip(), 0)[0])
    except NameProblem:
        return ""
    return host if is_address(host) else ""
