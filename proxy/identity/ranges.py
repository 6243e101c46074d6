"""Which of the configured address ranges holds this address? The longest prefix counts."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

type Network = IPv4Network | IPv6Network


class Ranges[T]:
    """A value per address range. One dictionary per prefix length, so that a look-up costs as many
    probes as there are different lengths."""

    def __init__(self, entries: Iterable[tuple[Network, T]]) -> None:
        """Raises ValueError when one range is given twice."""
        tables: dict[tuple[int, int], dict[int, T]] = {}
        for network, value in entries:
            table = tables.setdefault((network.version, network.prefixlen), {})
            key = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
            if key in table:
                raise ValueError(f"{network} is given twice")
            table[key] = value
        self._tables = {
            version: [
                ((32 if version == 4 else 128) - length, table)
                for (v, length), table in sorted(tables.items(), key=lambda item: -item[0][1])
                if v == version
            ]
            for version in (4, 6)
        }

    def find(self, address: str) -> T | None:
        """Return the value of the smallest range that holds an address, or None.

        address    an IP address; IPv4-mapped IPv6 counts as IPv4, a zone (`%eth0`) is left aside.
                   What is no address is in no range.
        """
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return None
        ip: IPv4Address | IPv6Address = parsed
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
            ip = parsed.ipv4_mapped
        number = int(ip)
        for shift, table in self._tables[ip.version]:
            value = table.get(number >> shift)
            if value is not None:
                return value
        return None
