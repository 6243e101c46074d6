from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packets import CLIENT, ETHERNET, SERVER, answer, back, ethernet, framed, pcap, query, tcp, udp
from proxy.bypass.observed import Opening, Question, Record, Transport
from proxy.replay.errors import NoRecording
from proxy.replay.formats import captured
from proxy.replay.formats.captured import read_capture
from proxy.replay.rows import Complaint, Row, Told, Truth, Who

ASKED = Question(CLIENT, "www.example.org", "A", Transport.UDP, SERVER, 0.0)
CNAME = answer("www.example.org", "www.example.org CNAME a.example.", "a.example A 192.0.2.9")


def read(tmp_path, *packets, **more):
    file = tmp_path / "capture.pcap"
    file.write_bytes(pcap(*map(ethernet, packets), **more))
    return list(read_capture(file))


def questions(told):
    return [one.row.seen[0] for one in told]


def test_a_question_comes_with_its_answer(tmp_path):
    told = read(tmp_path, udp(query("www.example.org")), back(udp, CNAME))
    answered = replace(
        ASKED, answers=(Record("CNAME", "a.example."), Record("A", "192.0.2.9")), rcode="NOERROR"
    )
    row = Row("packet-1", 1, Who("", CLIENT), "www.example.org", (answered,), "", 0.0)
    assert told == [Told(row, Truth())]


def test_spelling_and_type_are_kept(tmp_path):
    (told,) = read(tmp_path, udp(query("WwW.eXample.org", "NULL")))
    assert questions([told]) == [replace(ASKED, name="WwW.eXample.org", type="NULL")]
    assert told.row.host == "www.example.org"


def test_questions_over_tcp_are_put_together(tmp_path):
    asked = framed(query("www.example.org")) + framed(query("b.example", id_=8))
    replies = framed(answer("b.example", id_=8, rcode=3)) + framed(CNAME)
    told = read(
        tmp_path,
        tcp(b"", 9, flags=2),
        tcp(asked[:20], 10),
        tcp(asked[20:], 30),
        back(lambda payload, **ends: tcp(payload, 77, **ends), replies),
    )
    assert [(one.transport, one.name, one.rcode) for one in questions(told)] == [
        (Transport.TCP, "www.example.org", "NOERROR"),
        (Transport.TCP, "b.example", "NXDOMAIN"),
    ]


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(back(udp, answer("www.example.org", id_=8)), id="another id"),
        pytest.param(back(udp, answer("www.example.net")), id="another name"),
        pytest.param(back(udp, CNAME, source="192.0.2.66"), id="from another server"),
        pytest.param(back(udp, CNAME, source_port=5353), id="from another port"),
        pytest.param(back(udp, CNAME[:20]), id="cut short"),
    ],
)
def test_what_is_no_answer_to_it_says_nothing(tmp_path, reply):
    assert questions(read(tmp_path, udp(query("www.example.org")), reply)) == [ASKED]


def test_questions_come_in_their_order_and_do_not_wait_for_ever(tmp_path):
    packets = [udp(query("slow.example", id_=1)), udp(query("fast.example", id_=2))]
    packets += [back(udp, answer("fast.example", id_=2)), udp(query("late.example", id_=3))]
    told = read(tmp_path, *packets, every=6.0)
    assert [one.row.host for one in told] == ["slow.example", "fast.example", "late.example"]
    assert [one.rcode for one in questions(told)] == ["", "NOERROR", ""]


def test_a_question_asked_again_is_one(tmp_path):
    assert len(read(tmp_path, *[udp(query("www.example.org"))] * 3)) == 1


def test_no_more_wait_than_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(captured, "MAX_WAITING", 2)
    packets = [udp(query(f"n{number}.example", id_=number)) for number in range(5)]
    told = read(tmp_path, *packets, back(udp, answer("n0.example", id_=0)), every=0.001)
    assert [one.rcode for one in questions(told)] == [""] * 5
    assert [one.row.line for one in told] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        pytest.param(b"\x01\0\0\0 a tunnel's own message, and no DNS", "sound DNS message", id="a tunnel"),
        pytest.param(b"short", "it is no DNS message", id="too short"),
        pytest.param(query("www.example.org")[:-3], "it is no sound DNS message", id="cut short"),
    ],
)
def test_what_is_no_dns_is_a_connection_once(tmp_path, octets, why):
    (told,) = read(tmp_path, udp(octets), udp(octets))
    assert told.row.seen == (Opening(Transport.UDP, 53, SERVER, octets),)
    assert told.row.host == SERVER
    assert why in told.row.trouble


def test_other_ports_and_other_packets_are_nothing(tmp_path):
    assert (
        read(
            tmp_path,
            udp(query("www.example.org"), destination_port=5353),
            tcp(b"GET /", 1, destination_port=80),
        )
        == []
    )


def test_an_end_in_the_middle_is_named_after_what_was_whole(tmp_path):
    file = tmp_path / "capture.pcap"
    file.write_bytes(pcap(ethernet(udp(query("www.example.org")))) + b"rest")
    told, complaint = read_capture(file)
    assert questions([told]) == [ASKED]
    assert complaint == Complaint(
        0, "", "the capture ends within the head of packet 2", "what stood before that is answered"
    )


def test_a_network_that_cannot_be_read_is_named(tmp_path):
    file = tmp_path / "capture.pcap"
    file.write_bytes(pcap(b"x", link=127))
    with pytest.raises(NoRecording, match="on a link of type 127, which cannot be read; Ethernet"):
        list(read_capture(file))


GOOD = pcap(
    ethernet(udp(query("www.example.org"))),
    ethernet(back(udp, CNAME)),
    ethernet(tcp(framed(query("b.example")), 5)),
    link=ETHERNET,
)


@given(st.integers(0, len(GOOD)), st.binary(max_size=16))
def test_no_damage_raises(tmp_path_factory, at, octets):
    file = tmp_path_factory.mktemp("capture") / "x.pcap"
    file.write_bytes(GOOD[:at] + octets + GOOD[at + len(octets) :])
    with suppress(NoRecording):
        assert len(list(read_capture(file))) <= 4
