import ssl

import pytest

from proxy.authority.authority import Authority
from proxy.authority.leaves import Leaves
from proxy.pages.handshake import name_asked, server_context


@pytest.fixture
def authority(tmp_path):
    return Authority.open_or_create(tmp_path, "Oak School")


class BrokenLeaves(Leaves):
    def leaf_for(self, host, at=None):
        raise RuntimeError("no certificates today")


def shake_hands(context, client, name):
    """Let both ends talk in memory; return the server's end when both are content."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    serving = context.wrap_bio(to_server, to_client, server_side=True)
    asking = client.wrap_bio(to_client, to_server, server_hostname=name)
    for _ in range(4):
        for end in (asking, serving):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return serving


def trusting(authority):
    return ssl.create_default_context(cafile=authority.certificate_path)


def test_the_certificate_follows_the_name_and_the_name_is_kept(authority):
    context = server_context(Leaves(authority), "192.0.2.1", pytest.fail)

    assert name_asked(shake_hands(context, trusting(authority), "games.example")) == "games.example"


def test_a_client_without_a_name_gets_the_fallbacks_certificate(authority):
    context = server_context(Leaves(authority), "192.0.2.1", pytest.fail)

    assert name_asked(shake_hands(context, trusting(authority), "192.0.2.1")) == ""


def test_a_name_that_is_none_is_refused(authority):
    context = server_context(Leaves(authority), "192.0.2.1", pytest.fail)

    with pytest.raises(ssl.SSLError, match="CALLBACK_FAILED"):
        shake_hands(context, trusting(authority), "1.2.3.4.5")


def test_a_fault_refuses_the_handshake_and_is_told(authority):
    faults = []
    context = server_context(BrokenLeaves(authority), "192.0.2.1", faults.append)

    with pytest.raises(ssl.SSLError, match="CALLBACK_FAILED"):
        shake_hands(context, trusting(authority), "games.example")
    assert [type(fault) for fault in faults] == [RuntimeError]


def test_a_connection_without_tls_has_no_name():
    assert name_asked(None) is None
