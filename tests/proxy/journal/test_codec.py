import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Evidence, Handling, Reason, Verdict
from proxy.journal.codec import (
    CodecError,
    around_bytes,
    at_revision,
    client_tag,
    ending_of,
    name_template,
    opening,
    pack_template,
    unpack_tag,
    unpack_template,
)
from recorded import PLAIN, SEEN

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=30)


@given(
    text=ANY_TEXT,
    stage=st.sampled_from(Stage),
    action=st.sampled_from(Action),
    reason=st.sampled_from(Reason),
    handling=st.sampled_from(Handling),
    number=st.integers(0, 1 << 60),
    signs=st.sampled_from(["", SEEN]) | ANY_TEXT,
)
def test_a_template_gives_back_what_was_packed(text, stage, action, reason, handling, number, signs):
    event = replace(
        PLAIN, url=text, host=text, rule=text, stage=stage, action=action, reason=reason, handling=handling,
        bytes=number, base=number, signs=signs,
    )  # fmt: skip

    kept = unpack_template(pack_template(event))

    assert all(getattr(kept, name) == getattr(event, name) for name in kept.__slots__)


@given(ANY_TEXT, ANY_TEXT, st.integers(0, 1 << 60), st.integers(0, 1 << 60))
def test_a_template_is_given_other_revisions(text, signs, base, overlay):
    event = replace(PLAIN, host=text, rule=text, list_id=text, ticket="", signs=signs)

    given = at_revision(pack_template(event), base, overlay)

    assert given == pack_template(replace(event, base=base, overlay=overlay))


@given(ANY_TEXT, st.integers(0, 1 << 60))
def test_a_template_is_given_another_number_of_bytes(signs, bytes_):
    before, behind = around_bytes(pack_template(replace(PLAIN, signs=signs, bytes=0)))

    assert b"%b%d%b" % (before, bytes_, behind) == pack_template(replace(PLAIN, signs=signs, bytes=bytes_))


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, st.sampled_from(Stage))
def test_a_template_from_parts_is_the_one_of_the_whole_event(host, method, rule, stage):
    event = replace(
        PLAIN,
        stage=stage,
        host=host,
        method=method,
        rule=rule,
        category="games",
        list_id="l",
        url="",
        bytes=0,
    )  # fmt: skip
    verdict = Verdict(
        event.action, event.reason, "because", "check", Evidence("games", None, "l", 7, rule), None,
        event.handling, "", event.base, event.overlay,
    )  # fmt: skip
    parts = name_template(opening(stage, event.group), host, method, ending_of(verdict))
    assert parts == pack_template(event)


@given(ANY_TEXT.filter(lambda text: "\0" not in text), ANY_TEXT)
def test_a_tag_gives_back_client_and_pseudonym(client, pseudonym):
    assert unpack_tag(client_tag(client, pseudonym)) == (client, pseudonym)


@given(st.binary(max_size=80))
def test_foreign_octets_raise_only_the_documented_error(octets):
    for unpack in (unpack_template, unpack_tag):
        with contextlib.suppress(CodecError):
            unpack(octets)


@pytest.mark.parametrize(
    "blob",
    [
        pytest.param(pack_template(PLAIN).replace(b"[1,", b"[2,", 1), id="a later version"),
        pytest.param(pack_template(PLAIN).replace(b'"http"', b'"smtp"'), id="an unknown stage"),
        pytest.param(pack_template(PLAIN).replace(b"1234", b'"x"'), id="bytes that are no number"),
        pytest.param(pack_template(PLAIN).replace(b"[1,", b"[1,7,", 1), id="signs that are no text"),
        pytest.param(pack_template(PLAIN).replace(b"[1,", b'[1,"","",', 1), id="a field too many"),
        pytest.param(b"[" * 100_000, id="a deep nest"),
    ],
)
def test_an_event_of_another_kind_is_refused(blob):
    with pytest.raises(CodecError):
        unpack_template(blob)
