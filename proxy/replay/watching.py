"""Who watches over the DNS names of clients while a recording is replayed?"""

from collections.abc import Iterator

from proxy.bypass.dns.tunnels import TunnelWatch
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question
from proxy.decision.signs import Sign
from proxy.replay.judging import Watch


def new_watch() -> Watch:
    """A watch that has seen nothing yet. State: that of one TunnelWatch."""
    tunnels = TunnelWatch()

    def watched_names(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
        yield from tunnels.signs(question, knowledge)

    return watched_names
