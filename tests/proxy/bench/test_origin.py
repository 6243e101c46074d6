import socket

from needed_programs import needs
from proxy.bench.certificates import ORIGIN_CA
from proxy.bench.origin import BIG, BIG_BYTES, HOST, SMALL, SMALL_BYTES, may_listen, start_origin
from proxy.bench.stage import Plan, stage
from proxy.bench.visits import Seen, plain, secure


@needs("nginx", "openssl")
def test_a_small_and_a_long_page_over_http_and_https(tmp_path):
    with stage("inspect", Plan(tmp_path, 1000, (), 1, 1.0), lambda line: None) as place:
        origin = start_origin(place)
        assert plain(origin.http, HOST, SMALL, direct=True) == Seen(200, SMALL_BYTES)
        assert plain(origin.http, HOST, "/other", direct=True).status == 404
        assert secure(origin.https, HOST, 0, BIG, direct=True) == Seen(200, BIG_BYTES, ORIGIN_CA)


def test_a_port_that_somebody_has_is_not_free():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not may_listen(port)
    assert may_listen(port)
