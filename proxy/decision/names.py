"""What is the one spelling of a host, whatever a client, a list or a person wrote?

Every host that enters Schoolgate passes `canonical_host` once, so that rules, lists and events
compare equal strings. A canonical host is a lower-case ASCII DNS name without a trailing dot, or an
IP address as `ipaddress` prints it (IPv6 without brackets, IPv4-mapped IPv6 as IPv4).
"""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

import idna

MAX_NAME_OCTETS = 253
MAX_LABEL_OCTETS = 63

_PLAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\Z")
_NUMBERS = (
    (re.compile(r"0x([0-9a-f]{0,32})\Z"), 16),
    (re.compile(r"0([0-7]{1,48})\Z"), 8),
    (re.compile(r"(0|[1-9][0-9]{0,40})\Z"), 10),
)
_NUMERIC_END = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)\Z")


class NameProblem(ValueError):
    """A text that is no host name and no IP address; the message says why."""


def canonical_host(text: str) -> str:
    """Return the one spelling of a host name or IP address.

    text    as found in a URL, a Host field, an SNI, a DNS question or a list line, at most some
            thousand characters; percent escapes, brackets, a trailing dot and any case are accepted

    ASCII names keep every label of letters, digits, hyphens and underscores as it is
    (`r3---sn-abc.googlevideo.com`, `_ldap._tcp.example`, `xn--` labels without validation).
    Other names go through UTS-46, non-transitional. IPv4 is read in every spelling that a
    browser accepts (WHATWG URL, "IPv4 parser"): hex, octal, short and decimal forms.

    Raises NameProblem when no browser or resolver would accept the text.
    """
    name = text.lower()
    if name.endswith("."):
        name = name[:-1]
    if not _PLAIN.match(name):
        name = _unusual(text)
        if ":" in name:
            return name
    last = name.rpartition(".")[2]
    if last[0] in "0123456789" and _NUMERIC_END.match(last):
        return _ipv4(name)
    if len(name) > MAX_NAME_OCTETS:
        raise NameProblem(f"a name has at most {MAX_NAME_OCTETS} octets, this one has {len(name)}")
    if len(name) > MAX_LABEL_OCTETS and any(len(label) > MAX_LABEL_OCTETS for label in name.split(".")):
        raise NameProblem(f"a label has at most {MAX_LABEL_OCTETS} octets (RFC 1035, section 2.3.4)")
    return name


def _unusual(text: str) -> str:
    """Bring brackets, percent escapes and non-ASCII letters to a plain name or an IPv6 address."""
    if len(text) > 4 * MAX_NAME_OCTETS:
        raise NameProblem("a name has at most 253 octets")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    if "%" in text and not text.startswith("["):
        try:
            text = unquote_to_bytes(text).decode("utf-8")
        except UnicodeDecodeError as error:
            raise NameProblem("its percent escapes are not UTF-8") from error
    if text.startswith("[") or text.count(":") > 1:
        return _ipv6(text)
    name = text if text.isascii() else _mapped(text)
    name = name.lower().removesuffix(".")
    if not name:
        raise NameProblem("a host name cannot be empty")
    if not _PLAIN.match(name):
        raise NameProblem(_what_is_wrong(name))
    return name


def _mapped(text: str) -> str:
    """UTS-46 processing, non-transitional, with a lenient fallback for labels IDNA 2008 refuses."""
    try:
        mapped = idna.uts46_remap(text, std3_rules=False, transitional=False)
    except idna.IDNAError as error:
        raise NameProblem(f"it cannot be mapped by UTS-46: {error}") from error
    return ".".join(_ascii_label(label) for label in mapped.split("."))


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return idna.alabel(label).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return "xn--" + label.encode("punycode").decode("ascii")


def _what_is_wrong(name: str) -> str:
    if ".." in name or name.startswith("."):
        return "it has an empty label"
    strange = sorted({c for c in name if not (c.isalnum() and c.isascii()) and c not in "-_."})
    return "it has characters that no host name has: " + " ".join(repr(c) for c in strange[:5])


def _ipv6(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text.removeprefix("[").removesuffix("]"))
    except ValueError as error:
        raise NameProblem("it looks like an IPv6 address and is none") from error
    if address.scope_id is not None:
        raise NameProblem("an IPv6 address with a zone is not reachable through a gateway (RFC 6874)")
    return str(address.ipv4_mapped or address)


def _ipv4(name: str) -> str:
    """Read an IPv4 address as browsers do (WHATWG URL, "IPv4 parser")."""
    parts = name.split(".")
    if len(parts) > 4:
        raise NameProblem("it ends in a number, so it must be an IPv4 address, and has more than four parts")
    numbers = [_ipv4_number(part) for part in parts]
    if any(n > 255 for n in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise NameProblem("it ends in a number, so it must be an IPv4 address, and a part is too large")
    value = numbers[-1]
    for place, number in enumerate(numbers[:-1]):
        value += number << (8 * (3 - place))
    return str(ipaddress.IPv4Address(value))


def _ipv4_number(part: str) -> int:
    for form, base in _NUMBERS:
        match = form.match(part)
        if match:
            return int(match.group(1) or "0", base)
    raise NameProblem(f"it ends in a number, so it must be an IPv4 address, and {part!r} is no number")


def is_address(host: str) -> bool:
    """Say whether a canonical host is an IP address rather than a name."""
    return ":" in host or host.rpartition(".")[2].isdigit()


def suffixes(name: str) -> Iterator[str]:
    """Yield a canonical name and each of its parents, longest first: `a.b.c`, `b.c`, `c`."""
    yield name
    at = name.find(".")
    while at >= 0:
        yield name[at + 1 :]
        at = name.find(".", at + 1)


def tails(name: str) -> list[str]:
    """Return what `suffixes` yields, at once; for paths where a generator's steps count."""
    found = [name]
    while "." in name:
        name = name.partition(".")[2]
        found.append(name)
    return found


def covers(parent: str, name: str) -> bool:
    """Say whether `name` is `parent` or stands below it."""
    return name == parent or name.endswith("." + parent)
