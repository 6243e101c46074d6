import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packets import ethernet, pcap, query, udp
from policies import school_time
from proxy.bypass.all_detectors import Detectors
from proxy.bypass.knowledge import Knowledge
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.replay.errors import NoRecording
from proxy.replay.recording import Judged, Judges, replay
from proxy.replay.rows import Complaint, Truth
from proxy.replay.rules import Rules
from proxy.replay.sample_policy import SamplePolicy
from recorded_rows import write_policy, write_rows

TUNNEL = Sign("t.tunnel", Nature.ANONYMIZER, Consequence.INCIDENT, 1.0, "A tunnel.")


def watch():
    """A watch that speaks from a client's third name on, and wants moments in order."""
    counted, moments = Counter(), {}

    def third(question, knowledge):
        assert moments.get(question.client, -1.0) <= question.at, "a client's names come in order"
        moments[question.client] = question.at
        counted[question.client] += 1
        return (TUNNEL,) if counted[question.client] >= 3 else ()

    return third


@pytest.fixture
def judges(tmp_path):
    sample = SamplePolicy(write_policy(tmp_path))
    faults = []
    made = Judges(
        Rules(sample.policy({})[0], Knowledge({}, around=sample.around), sample.subjects("")),
        school_time("10:00"),
        lambda *fault: faults.append(fault),
        Detectors(),
        watch,
    )
    yield made
    assert faults == []


def verdicts(found):
    return [(one.answered.id, one.answered.outcome.value) for one in found]


def name(id_, **more):
    return {"id": id_, "qname": f"{id_}.example", **more}


def test_rows_are_answered_in_the_files_order_and_wrong_ones_named(tmp_path, judges):
    rows = write_rows(
        tmp_path, name("a", label="benign"), "oops", {"id": "b", "url": "https://arcade.example/"}
    )
    first, second, third = replay(rows, judges)
    assert (first.kind, first.truth) == ("DNS", Truth(False))
    assert isinstance(second, Complaint)
    assert (third.kind, third.answered.outcome.value) == ("requests", "block")


@pytest.mark.parametrize(
    ("more", "stopped"),
    [
        pytest.param([{}] * 4, [], id="strangers do not add up"),
        pytest.param([{"session": "s"}] * 4, ["c", "d"], id="a session without moments"),
        pytest.param([{"client": {"ip": "10.1.0.9"}}] * 4, ["c", "d"], id="an address"),
        pytest.param(
            [{"session": "s", "seq": seq} for seq in (3, 1, 0, 2)], ["a", "d"], id="a session out of order"
        ),
        pytest.param(
            [{"client": {"ip": "10.1.0.9"}, "seq": seq} for seq in (0, 1, 5, 2)],
            ["c", "d"],
            id="a client's moments",
        ),
        pytest.param([{"session": s, "seq": 0} for s in "stst"], [], id="two sessions"),
    ],
)
def test_names_of_one_client_are_watched_together_in_their_order(tmp_path, judges, more, stopped):
    rows = write_rows(tmp_path, *(name(id_, **each) for id_, each in zip("abcd", more, strict=True)))
    found = verdicts(replay(rows, judges))
    assert [id_ for id_, _ in found] == ["a", "b", "c", "d"]
    assert [id_ for id_, verdict in found if verdict == "block_incident"] == stopped


LABELS = ("label", "technique", "expect", "note", "difficulty", "source", "tool", "inner_url", "observable")


@pytest.mark.parametrize(
    "value", [None, "bypass", "block_incident", "https://arcade.example/", 3, ["x"]], ids=str
)
def test_no_label_changes_an_answer(tmp_path, judges, value):
    plain = [
        name("a"),
        {"id": "b", "url": "https://www.example.org/"},
        {"id": "c", "port": 22, "dst": "192.0.2.1"},
    ]
    plain += [name(id_, session="s", seq=seq) for seq, id_ in enumerate("defg")]
    labelled = [{**row, **dict.fromkeys(LABELS, value)} for row in plain]
    one = [one.answered for one in replay(write_rows(tmp_path, *plain, name="one"), judges)]
    two = [two.answered for two in replay(write_rows(tmp_path, *labelled, name="two"), judges)]
    assert one == two


def test_what_a_session_is_called_says_nothing(tmp_path, judges):
    def answered(session):
        rows = [name(id_, session=session, seq=seq) for seq, id_ in enumerate("abcd")]
        return verdicts(replay(write_rows(tmp_path, *rows), judges))

    assert answered("benign-1") == answered("tunnel-2") == answered(77)


def test_an_unreadable_name_is_refused_and_the_rest_goes_on(tmp_path, judges):
    rows = write_rows(tmp_path, {"id": "x", "url": "https://a b/"}, {"id": "y", "qname": "a..b"}, name("a"))
    assert verdicts(replay(rows, judges)) == [("x", "block"), ("y", "block"), ("a", "allow")]


def test_a_capture_is_answered_with_clients_told_apart_by_address(tmp_path, judges):
    packets = [udp(query(f"n{place}.example", id_=place)) for place in range(3)]
    packets.append(udp(query("other.example"), source="192.0.2.99"))
    file = tmp_path / "c.pcap"
    file.write_bytes(pcap(*map(ethernet, packets)) + b"torn")
    *found, complaint = replay(file, judges)
    assert verdicts(found) == [
        ("packet-1", "allow"),
        ("packet-2", "allow"),
        ("packet-3", "block_incident"),
        ("packet-4", "allow"),
    ]
    assert isinstance(complaint, Complaint)


def test_roles_are_judged_by_their_groups(tmp_path, judges):
    row = {"port": 443, "dst": "192.0.2.1", "sni": "arcade.example"}
    rules = replace(judges.rules, subject_of=lambda who: judges.rules.subject_of(replace(who, role="staff")))
    found = replay(write_rows(tmp_path, row | {"client": {"role": "student"}}), replace(judges, rules=rules))
    assert [one.answered.outcome.value for one in found] == ["block"]


def test_a_folder_is_no_recording(tmp_path, judges):
    with pytest.raises(NoRecording, match="is a folder; a recording is one file"):
        list(replay(tmp_path, judges))


@given(
    st.binary(max_size=80), st.sampled_from([b"", b'{"qname": "', b'{"url": "https://', b"\xd4\xc3\xb2\xa1"])
)
def test_no_octets_raise_anything_but_what_is_said(tmp_path_factory, octets, begin):
    directory = tmp_path_factory.mktemp("replay")
    sample = SamplePolicy(write_policy(directory))
    rules = Rules(sample.policy({})[0], Knowledge({}), sample.subjects(""))
    (directory / "x").write_bytes(begin + octets)
    try:
        found = list(replay(directory / "x", Judges(rules, school_time("10:00"), print, Detectors(), watch)))
    except NoRecording:
        return
    assert all(isinstance(one, Judged | Complaint) for one in found)
    assert all(json.dumps(one.answered.as_json()).encode("ascii") for one in found if isinstance(one, Judged))
