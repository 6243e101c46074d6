"""The kernel's messages are read to the octet, and requests are what it understands."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.packets.headers import Unreadable
from proxy.packets.nflog import Overrun, bind_requests, packets_in
from refused_packets import ACKNOWLEDGED, ipv4, told, udp

PACKET = ipv4(udp(b"odd"), 17)


@pytest.mark.parametrize(
    ("datagram", "packets"),
    [
        pytest.param(told(PACKET), [PACKET], id="one"),
        pytest.param(told(PACKET, PACKET[:21]), [PACKET, PACKET[:21]], id="two, of odd lengths"),
        pytest.param(ACKNOWLEDGED, [], id="an answer that all is well"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_packets_are_found_in_a_datagram(datagram: bytes, packets: list[bytes]) -> None:
    assert packets_in(datagram) == packets


@pytest.mark.parametrize(
    ("datagram", "problem"),
    [
        pytest.param(told(PACKET)[:10], Unreadable, id="a header, cut"),
        pytest.param(told(PACKET)[:60], Unreadable, id="a message, cut"),
        pytest.param(b"\x04" + told(PACKET)[1:], Unreadable, id="a message shorter than its header"),
        pytest.param(told(PACKET)[:20] + b"\xff\xff" + told(PACKET)[22:], Unreadable, id="one too long"),
        pytest.param(told(PACKET)[:20] + b"\x01\x00" + told(PACKET)[22:], Unreadable, id="one too short"),
        pytest.param(struct.pack("=LHHLL", 16, 2, 0, 1, 0), Unreadable, id="an answer, cut"),
        pytest.param(struct.pack("=LHHLL", 16, 4, 0, 1, 0), Overrun, id="messages were lost"),
        pytest.param(struct.pack("=LHHLLi", 20, 2, 0, 1, 0, -1), PermissionError, id="not permitted"),
        pytest.param(struct.pack("=LHHLLi", 20, 2, 0, 1, 0, -16), OSError, id="somebody has it already"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_apart(datagram: bytes, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        packets_in(datagram)


def test_a_group_is_bound_before_it_is_told_how_much_to_copy() -> None:
    bind, mode, wait = bind_requests(40, 256)

    head = struct.pack("=LHHLL", 28, 0x401, 5, 1, 0)
    assert bind == head + bytes((0, 0, 0, 40)) + struct.pack("=HH", 5, 1) + b"\x01\0\0\0"
    assert struct.pack("=HH", 10, 2) + b"\x00\x00\x01\x00\x02\x00" in mode
    assert struct.pack("=HH", 8, 4) + b"\x00\x00\x00\x0a" in wait


@given(st.binary(max_size=300) | st.builds(lambda one, at, octet: _changed(told(one), at, octet),
       st.binary(max_size=100), st.integers(0, 200), st.integers(0, 255)))  # fmt: skip
def test_any_octets_are_read_or_refused(datagram: bytes) -> None:
    with contextlib.suppress(Unreadable, Overrun, OSError):
        assert sum(map(len, packets_in(datagram))) <= len(datagram)


def _changed(datagram: bytes, at: int, octet: int) -> bytes:
    at %= len(datagram)
    return datagram[:at] + bytes((octet,)) + datagram[at + 1 :]
