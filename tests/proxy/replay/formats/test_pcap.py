import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packets import ETHERNET, RAW, block, enhanced, interface, pcap, section
from proxy.replay.errors import BrokenOff, NoRecording
from proxy.replay.formats.pcap import MAX_PACKET, Packet, is_capture, read_packets

ONE, TWO = b"first packet", b"second"
NG = section() + interface() + enhanced(ONE, 1_500_000) + enhanced(TWO, 2_000_000)


def read(tmp_path, data):
    """The packets, and why no more could be read."""
    file = tmp_path / "capture"
    file.write_bytes(data)
    found = []
    try:
        for packet in read_packets(file):
            found.append(packet)
    except BrokenOff as broke:
        return found, str(broke)
    return found, ""


@pytest.mark.parametrize("order", ["<", ">"], ids=["little end first", "big end first"])
@pytest.mark.parametrize("nano", [False, True], ids=["microseconds", "nanoseconds"])
def test_a_pcap_is_read(tmp_path, order, nano):
    found, why = read(tmp_path, pcap(ONE, TWO, order=order, nano=nano, every=1.25))
    assert why == ""
    assert found == [Packet(1, 0.0, ETHERNET, ONE), Packet(2, 1.25, ETHERNET, TWO)]


@pytest.mark.parametrize("order", ["<", ">"], ids=["little end first", "big end first"])
def test_a_pcapng_is_read_block_by_block(tmp_path, order):
    data = (
        section(order)
        + block(5, bytes(12), order)
        + interface(order=order)
        + enhanced(ONE, 1_500_000, order)
        + block(3, struct.pack(order + "I", len(TWO)) + TWO, order)
    )
    assert read(tmp_path, data) == ([Packet(1, 1.5, ETHERNET, ONE), Packet(2, 0.0, ETHERNET, TWO)], "")


@pytest.mark.parametrize(
    ("ticks", "unit"), [(b"\x09", 1e-9), (b"\x03", 1e-3), (bytes([0x80 | 10]), 2.0**-10)],
    ids=["nanoseconds", "milliseconds", "a power of two"],
)  # fmt: skip
def test_an_interface_says_its_unit_of_time(tmp_path, ticks, unit):
    options = struct.pack("<HH", 9, 1) + ticks + bytes(3) + bytes(4)
    ((packet,), _) = read(tmp_path, section() + interface(RAW, options) + enhanced(ONE, 4096))
    assert (packet.link, packet.at) == (RAW, 4096 * unit)


def test_a_new_section_has_its_own_order_and_interfaces(tmp_path):
    second = section(">") + interface(RAW, order=">") + enhanced(TWO, 0, ">")
    found, why = read(tmp_path, NG + second)
    assert why == ""
    assert [(packet.number, packet.link) for packet in found] == [(1, ETHERNET), (2, ETHERNET), (3, RAW)]


@pytest.mark.parametrize(
    ("data", "whole", "why"),
    [
        pytest.param(pcap()[:10], 0, "the capture ends within its own head", id="pcap head"),
        pytest.param(
            pcap(ONE, TWO)[:-1], 1, "the capture ends within packet 2, after 5 of 6 octets", id="packet"
        ),
        pytest.param(pcap(ONE) + b"abc", 1, "the capture ends within the head of packet 2", id="head"),
        pytest.param(
            pcap(ONE) + struct.pack("<4I", 0, 0, MAX_PACKET + 1, 0),
            1,
            f"packet 2 claims {MAX_PACKET + 1} octets: the capture is damaged there",
            id="length",
        ),
        pytest.param(NG[:-5], 1, "the capture ends within a block behind packet 1", id="block"),
        pytest.param(
            NG + b"abc", 2, "the capture ends within the head of a block behind packet 2", id="block head"
        ),
        pytest.param(
            NG + struct.pack("<II", 6, 7),
            2,
            "a block behind packet 2 claims 7 octets: the capture is damaged there",
            id="block length",
        ),
        pytest.param(
            section() + enhanced(ONE, 0),
            0,
            "packet 1 says impossible things: the capture is damaged there",
            id="no interface",
        ),
        pytest.param(
            b"\n\r\r\n" + struct.pack("<I", 28) + b"oops" + bytes(16),
            0,
            "a section behind packet 0 does not say its byte order: the capture is damaged there",
            id="byte order",
        ),
    ],
)
def test_what_is_whole_is_given_and_the_end_is_named(tmp_path, data, whole, why):
    found, said = read(tmp_path, data)
    assert (len(found), said) == (whole, why)


def test_another_file_is_no_capture(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(b"{}\n")
    with pytest.raises(NoRecording, match="neither a pcap nor a pcapng file"):
        next(read_packets(file))
    assert not is_capture(b"{}\n")
    assert is_capture(NG[:4])
    assert is_capture(pcap()[:4])


@given(st.sampled_from([pcap(ONE, TWO), NG]), st.integers(0, 120), st.binary(max_size=12), st.booleans())
def test_no_damage_raises_anything_else(tmp_path_factory, data, at, octets, is_cut):
    damaged = data[:at] if is_cut else data[:at] + octets + data[at + len(octets) :]
    file = tmp_path_factory.mktemp("capture") / "x"
    file.write_bytes(damaged)
    try:
        packets = list(read_packets(file))
    except (BrokenOff, NoRecording):
        return
    assert sum(len(packet.octets) for packet in packets) <= len(damaged)
