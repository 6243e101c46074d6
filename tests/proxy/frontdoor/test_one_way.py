"""Octets from one socket to another: all of them, in order, and few of them in our memory."""

import socket
from contextlib import contextmanager

from proxy.frontdoor.one_way import BUFFER, FAST, LARGE, STRETCH, OneWay

MIB = 1024 * 1024


@contextmanager
def joined():
    """A sender, a way from its peer to another socket, and that one's peer."""
    sender, source = socket.socketpair()
    target, reader = socket.socketpair()
    with sender, source, target, reader:
        for one in (sender, source, target, reader):
            one.setblocking(False)
        way = OneWay(source, target, memoryview(bytearray(BUFFER)))
        yield sender, way, reader
        way.close()


def test_one_read_passes_on_what_there_is():
    with joined() as (sender, way, reader):
        assert way.pass_on()  # nothing to read is nothing to look at
        sender.send(b"octets")
        assert way.pass_on()
        assert (reader.recv(100), way.carried, way.waits, way.ended) == (b"octets", 6, False, False)


def test_what_needs_a_second_look_is_said():
    with joined() as (sender, way, _):
        sender.close()
        assert not way.pass_on()
        assert way.ended
    with joined() as (sender, way, _):
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MIB)
        assert sender.send(b"x" * BUFFER) == BUFFER
        assert not way.pass_on()  # a full buffer: there may be more, and no edge will say so
    with joined() as (sender, way, _):
        way.carried = LARGE
        sender.send(b"octets")
        assert not way.pass_on()  # from here on a pipe is cheaper


def test_what_the_receiver_does_not_take_waits_and_comes_first():
    with joined() as (sender, way, reader):
        way.target.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        sent = got = b""
        while way.pass_on():
            piece = bytes([len(sent) % 251]) * 1500
            sender.send(piece)
            sent += piece
        assert way.waits
        while len(got) < len(sent):
            got += reader.recv(BUFFER)
            way.pump()
        assert got == sent


def test_the_end_is_found_behind_the_last_octets():
    with joined() as (sender, way, reader):
        sender.send(b"last words")
        sender.shutdown(socket.SHUT_WR)
        way.hung_up = True
        assert not way.pump()
        assert (reader.recv(100), way.ended) == (b"last words", True)


def test_little_of_what_a_slow_reader_does_not_take_lies_in_our_memory():
    sender, source = socket.socketpair()
    target, reader = socket.socketpair()
    with sender, source, target, reader:
        for one in (sender, source, target):
            one.setblocking(False)
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MIB)
        target.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        offered = sender.send(b"x" * MIB)
        way = OneWay(source, target, memoryview(bytearray(BUFFER)))
        way.pump()
        assert way.waits
        assert len(way.left) < 64 * 1024 < offered


def test_a_way_runs_fast_while_each_stretch_of_it_takes_little_time():
    with joined() as (_, way, _):
        enough = STRETCH / FAST
        said = []
        for moved, now in (
            (STRETCH, 100.0),
            (STRETCH - 1, 100.0),
            (1, 100 + enough / 2),
            (STRETCH, 100 + 2 * enough),
        ):
            way.carried += moved
            said.append(way.runs_fast(now))
        assert said == [False, False, True, False]
