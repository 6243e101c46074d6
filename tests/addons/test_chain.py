"""The order of the addons, a test for each reason."""

from mitmproxy.addons.proxyserver import Proxyserver

from addons.chain import Neighbours, gateway_addons
from addons.guard import Guarded
from school_proxy import records_for, school


class Detector:
    """Something that looks at what was allowed."""

    def websocket_message(self, flow) -> None:
        """Nothing."""


def test_gates_come_first_detectors_behind_them_and_the_log_last(tmp_path):
    with school(tmp_path, records=records_for()) as run:
        made = gateway_addons(
            Neighbours(run.gateway, None, None, None, (Detector(),)), run.proxy.door, Proxyserver()
        )
    assert all(isinstance(one, Guarded) for one in made)
    names = [one.name for one in made]
    assert names == [
        "nextlayer", "latetunnels", "httpgate", "bodies", "answergate", "socketgate", "dialguard",
        "refusedcertificates", "leaving",
        "detector", "browsinglog",
    ]  # fmt: skip
