"""Which ranges cover an address? Nested ranges become disjoint segments, each with its set of ranges."""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """From this address on (until the next segment) exactly these ranges cover.

    start     the address as a number
    members   the ranges' own numbers, the narrowest first
    """

    start: int
    members: tuple[int, ...]


type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def segments(ranges: Iterable[tuple[Network, int]]) -> Iterator[Segment]:
    """Cut one address family's CIDR ranges into segments, in order of address.

    CIDR ranges lie inside each other or apart, so what is open at any place is a stack.
    """
    ordered = sorted((int(net.network_address), -net.num_addresses, number) for net, number in ranges)
    stack: list[tuple[int, int]] = []
    marks: dict[int, tuple[int, ...]] = {}
    for start, negative_size, number in ordered:
        _close(stack, marks, start)
        stack.append((start - negative_size, number))
        marks[start] = _members(stack)
    _close(stack, marks, None)
    yield from (Segment(start, marks[start]) for start in sorted(marks))


def _close(stack: list[tuple[int, int]], marks: dict[int, tuple[int, ...]], upto: int | None) -> None:
    """End the ranges that stop at or before an address (None: all)."""
    while stack and (upto is None or stack[-1][0] <= upto):
        end, _ = stack.pop()
        marks[end] = _members(stack)


def _members(stack: list[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(number for _, number in reversed(stack))
