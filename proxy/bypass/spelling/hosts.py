"""Could this text be a host on the internet, and whose name is it?

The Public Suffix List comes with `publicsuffixlist`; it is read once, at the first question.
"""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from proxy.decision.names import NameProblem, canonical_host, is_address

RESERVED = frozenset({"example", "test"})
"""Top-level names that examples and recordings use (RFC 6761); they stand for public ones."""
LIKE_FILES = frozenset((
    "ai", "app", "bar", "cab", "cad", "cc", "cfd", "do", "foo", "gdn", "in", "ink", "is", "java",
    "la", "map", "md", "ml", "mo", "mov", "ms", "my", "name", "page", "pl", "pm", "prof", "ps",
    "py", "rs", "sh", "so", "st", "to", "win", "zip",
))  # fmt: skip
"""Top-level names that are the endings of files too, or ordinary words behind a full stop."""


def host_in(text: str) -> str:
    """The canonical host that a text is, where it could stand for a site on the internet; else ""."""
    if len(text) > 260:
        return ""
    try:
        host = canonical_host(text)
    except NameProblem:
        return ""
    return host if is_plausible(host) else ""


@lru_cache(maxsize=4096)
def is_plausible(host: str) -> bool:
    """Say whether a canonical host is an address, or a name under a suffix that exists."""
    if is_address(host):
        return True
    _, dot, top = host.rpartition(".")
    return bool(dot) and (top in RESERVED or _suffixes().publicsuffix(top) is not None)


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The part of a canonical name that somebody registered, or was given by a host of many; "" if none."""
    if is_address(host):
        return ""
    if host.rpartition(".")[2] in RESERVED:
        return ".".join(host.split(".")[-2:]) if "." in host else ""
    return _suffixes().privatesuffix(host) or ""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
