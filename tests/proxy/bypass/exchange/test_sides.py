"""What each side said, in whatever pieces."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.sides import MAX_RUN, REACH, Run, runs
from tests.fakes.exchanges import asked, talked

CLIENT, SERVER = True, False
WRITTEN = base64.b64encode(b"SSH-2.0-x\r\n").decode()


def test_each_message_is_read_alone_and_with_those_of_its_side_before_it():
    found = list(runs(talked((CLIENT, b"a"), (SERVER, b"x"), (CLIENT, b""), (CLIENT, b"b"))))
    assert found == [
        Run(0, CLIENT, 0, b"a"),
        Run(1, SERVER, 0, b"x"),
        Run(3, CLIENT, 1, b"b"),
        Run(3, CLIENT, 0, b"ab"),
    ]


def test_a_message_of_many_is_put_together_with_a_few_before_it_alone():
    *_, last = [list(runs(talked(*[(CLIENT, bytes((n,))) for n in range(count)]))) for count in (9, 20)]
    assert [(run.index, run.begins, run.octets) for run in last] == [
        (19, 19 - more, bytes(range(19 - more, 20))) for more in range(REACH + 1)
    ]


def test_a_long_message_is_not_put_before_another():
    found = list(runs(talked((CLIENT, b"a" * MAX_RUN), (CLIENT, b"b"))))
    assert [run.octets[:2] for run in found] == [b"aa", b"b"]


def test_text_that_is_base64_is_read_as_what_it_stands_for():
    (run,) = runs(talked((SERVER, WRITTEN)))
    assert (run.octets, run.is_written) == (b"SSH-2.0-x\r\n", True)
    (plain,) = runs(talked((SERVER, "a sentence, with spaces")))
    assert (plain.octets, plain.is_written) == (b"a sentence, with spaces", False)


def test_a_subprotocol_may_say_that_text_is_base64():
    fields = {"sec-websocket-protocol": "base64"}
    (run,) = runs(
        asked("https://a.example.org/x", fields=fields, messages=talked((SERVER, WRITTEN)).messages)
    )
    assert not run.is_written


@given(
    st.lists(st.tuples(st.booleans(), st.one_of(st.binary(max_size=50), st.text(max_size=30))), max_size=12)
)
def test_no_messages_make_it_raise_or_say_more_than_was_said(messages):
    for run in runs(talked(*messages)):
        assert len(run.octets) <= MAX_RUN
