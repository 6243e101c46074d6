"""Which address does a name spell, below a service that answers with it (`192-0-2-1.nip.io`)?"""

import ipaddress
import re

_DOTTED = re.compile(r"(?:\A|[.-])((?:[0-9]{1,3}[.-]){3}[0-9]{1,3})\Z")
_HEX = re.compile(r"(?:\A|[.-])(?:0x)?([0-9a-f]{8})\Z")
_SIX = re.compile(r"(?:\A|\.)([0-9a-f]{0,4}(?:-[0-9a-f]{0,4}){2,7})\Z")


def spelled(host: str, zone: str) -> str:
    """The canonical address that the labels before a zone's name spell, nearest to the zone; "" when none.

    By dots, hyphens, hexadecimal digits, or an IPv6 address with hyphens for its colons. Some services take
    the address first and words behind it (`192-0-2-1.lesson.traefik.me`), so each label may be its end.
    """
    before = host.removesuffix(zone).rstrip(".")
    while before:
        address = _read(before)
        if address:
            return address
        before = before.rpartition(".")[0]
    return ""


def _read(text: str) -> str:
    dotted = _DOTTED.search(text)
    if dotted:
        return _canonical(dotted.group(1).replace("-", "."))
    digits = _HEX.search(text)
    if digits:
        return str(ipaddress.IPv4Address(int(digits.group(1), 16)))
    six = _SIX.search(text)
    return _canonical(six.group(1).replace("-", ":")) if six else ""


def _canonical(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
