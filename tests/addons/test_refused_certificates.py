"""Clients that do not take our certificate."""

from types import SimpleNamespace

from addons.refused_certificates import RefusedCertificates
from proxy.frontdoor.endings import Endings
from proxy.frontdoor.sessions import Session, Sessions
from proxy.gateway import Gateway
from proxy.pinned import CertificateRefusals, proposals, table_path


def failed(session_id: str, error: str) -> SimpleNamespace:
    client = SimpleNamespace(id=session_id)
    return SimpleNamespace(context=SimpleNamespace(client=client), conn=SimpleNamespace(error=error))


def test_names_are_counted_and_addresses_and_clients_that_are_gone_are_not(tmp_path):
    sessions, table = Sessions(), CertificateRefusals(table_path(tmp_path, 0))
    addon = RefusedCertificates(sessions, Endings(Gateway(tmp_path)), table)
    for name in ("bank.test", "192.0.2.9"):
        session = Session("192.0.2.7", server_name=name)
        sessions.begin(session)
        addon.tls_failed_client(failed(session.id, "tlsv1 alert unknown ca"))
    addon.tls_failed_client(failed("gone", "tlsv1 alert unknown ca"))
    table.save()
    assert [one.host for one in proposals(tmp_path, at_least=1)] == ["bank.test"]
