import socket
import threading

import pytest

from proxy.bench.questions import (
    STUB_ADDRESS,
    Answer,
    ask,
    free_port,
    question,
    until_answered,
    until_blocked,
    wrong_answers,
)


def name_in(query):
    labels, place = [], 12
    while query[place]:
        labels.append(query[place + 1 : place + 1 + query[place]].decode())
        place += 1 + query[place]
    return ".".join(labels)


class Resolver:
    """Answers on loopback: NXDOMAIN for names that end like one of its list, the stub's address otherwise."""

    def __init__(self, *listed, rcode=0, junk_first=False):
        self.listed, self.rcode, self.junk_first = listed, rcode, junk_first
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.asked = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                query, client = self.socket.recvfrom(512)
            except OSError:
                return
            self.asked.append(name_in(query))
            if self.junk_first:
                self.socket.sendto(bytes([query[0] ^ 1]) + query[1:], client)
            blocked = self.asked[-1].endswith(self.listed) if self.listed else False
            rcode = 3 if blocked else self.rcode
            answer = query[:2] + bytes([0x81, 0x80 | rcode]) + query[4:]
            self.socket.sendto(answer + (b"" if blocked else STUB_ADDRESS), client)


@pytest.fixture
def resolver():
    made = []

    def make(*listed, **words):
        made.append(Resolver(*listed, **words))
        return made[-1]

    yield make
    for one in made:
        one.socket.close()


def test_a_question_in_wire_form():
    assert question("a.example", 0x1234) == bytes.fromhex(
        "1234 0100 0001 0000 0000 0000 0161 076578616d706c65 00 0001 0001"
    )


def test_blocked_and_open_names(resolver):
    port = resolver("games.example").port
    assert ask(port, "x.games.example") == Answer(3, True)
    answer = ask(port, "learn.example")
    assert answer == Answer(0, False)
    assert answer.open


def test_a_failure_is_neither_blocked_nor_open(resolver):
    answer = ask(resolver(rcode=2).port, "learn.example")
    assert answer == Answer(2, False)
    assert not answer.open


def test_an_answer_to_another_question_is_not_taken(resolver):
    assert ask(resolver(junk_first=True).port, "learn.example") == Answer(0, False)


def test_nobody_there_is_no_answer():
    assert ask(free_port(), "learn.example", 0.05) is None


def test_all_names_must_be_blocked_and_no_cache_can_answer_for_them(resolver):
    server = resolver("one.example", "two.example")
    assert until_blocked(server.port, ["one.example", "two.example"], lambda: True, 20) is not None
    assert server.asked == ["n1.one.example", "n2.two.example"]


def test_waiting_ends_with_the_server_and_with_the_limit(resolver):
    server = resolver("other.example")
    assert until_blocked(server.port, ["one.example"], lambda: False, 20) is None
    assert until_blocked(server.port, ["one.example"], lambda: True, 0.05) is None
    assert until_answered(server.port, lambda: False, 20) is None
    assert until_answered(server.port, lambda: True, 20) is not None


def test_wrong_answers_are_counted_in_words(resolver):
    port = resolver("games.example").port
    assert wrong_answers(port, ["games.example"], ["learn.example"]) == ""
    assert wrong_answers(port, ["games.example", "missed.example"], ["a.games.example"]) == (
        "1 of 2 listed names were not blocked, 1 of 1 allowed names were not answered"
    )
