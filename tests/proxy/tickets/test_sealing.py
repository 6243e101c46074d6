import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.tickets.claims import TicketClaims, from_plain, to_plain
from proxy.tickets.errors import TicketBad, TicketExpired, TicketProblem, TicketUnknownKey
from proxy.tickets.keyring import Keyring
from proxy.tickets.sealing import MAX_TOKEN, sign, verify

NOW = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
CLAIMS = TicketClaims(
    event="01m84menr0xwge1k4x00000000",
    at=NOW,
    gateway="gw-1",
    subject="abcdefghijklmnop",
    group="middle",
    url="https://games.example/play?level=3",
    category="games",
    basis="local",
    reason="category",
    list_id="starter-games",
    line=12,
    base=7,
    overlay=3,
    expires=NOW + timedelta(days=30),
    code="7KQ29FXM",
)


@pytest.fixture(scope="module")
def keyring(tmp_path_factory):
    return Keyring.open_or_create(tmp_path_factory.mktemp("keys") / "tickets.json", NOW)


def test_a_ticket_gives_back_what_was_sealed(keyring):
    assert verify(sign(CLAIMS, keyring), keyring, NOW) == CLAIMS


def test_a_usual_ticket_is_short_and_hides_its_content(keyring):
    token = sign(CLAIMS, keyring)

    assert len(token) < 500
    assert "games" not in token
    assert sign(CLAIMS, keyring) != token


def test_a_ticket_holds_until_its_last_second(keyring):
    token = sign(CLAIMS, keyring)

    assert verify(token, keyring, CLAIMS.expires - timedelta(seconds=1)) == CLAIMS
    with pytest.raises(TicketExpired, match="good until 2026-12-23 16:40 UTC"):
        verify(token, keyring, CLAIMS.expires)


def test_a_ticket_of_a_retired_key_still_opens(tmp_path):
    keyring = Keyring.open_or_create(tmp_path / "tickets.json", NOW)
    token = sign(CLAIMS, keyring)
    keyring.rotate(NOW)

    assert verify(token, keyring, NOW) == CLAIMS


def test_a_ticket_of_another_gateway_names_an_unknown_key(keyring, tmp_path):
    other = Keyring.open_or_create(tmp_path / "tickets.json", NOW)

    with pytest.raises(TicketUnknownKey):
        verify(sign(CLAIMS, other), keyring, NOW)


def test_no_character_of_a_ticket_can_be_changed(keyring):
    token = sign(CLAIMS, keyring)

    for at, old in enumerate(token):
        changed = token[:at] + ("A" if old != "A" else "B") + token[at + 1 :]
        with pytest.raises(TicketProblem):
            verify(changed, keyring, NOW)


def test_no_ticket_is_good_without_its_end(keyring):
    token = sign(CLAIMS, keyring)

    for length in range(len(token)):
        with pytest.raises(TicketBad):
            verify(token[:length], keyring, NOW)


def test_a_ticket_under_another_keys_name_is_bad(tmp_path):
    keyring = Keyring.open_or_create(tmp_path / "tickets.json", NOW)
    token = sign(CLAIMS, keyring)
    new = keyring.rotate(NOW)
    prefix, _, body = token.split(".")

    with pytest.raises(TicketBad):
        verify(f"{prefix}.{new.id}.{body}", keyring, NOW)


TEXTS = st.text(st.characters(), max_size=3000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(url=TEXTS, group=TEXTS, list_id=TEXTS, line=st.integers(0, 10**9))
def test_whatever_is_sealed_fits_into_a_link_and_opens_again(keyring, url, group, list_id, line):
    claims = replace(CLAIMS, url=url, group=group, list_id=list_id, line=line)

    token = sign(claims, keyring)

    assert len(token) <= MAX_TOKEN
    plain = json.loads(json.dumps(to_plain(claims)))
    assert verify(token, keyring, NOW) == from_plain(plain)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text() | st.from_regex(r"g1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{40,90}\Z"))
def test_any_text_is_refused_with_a_documented_error(keyring, text):
    with pytest.raises((TicketBad, TicketUnknownKey)):
        verify(text, keyring, NOW)
