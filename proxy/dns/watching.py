"""What do one client's questions say together, whichever worker they came to?

`TunnelWatch` counts those that may carry something and were not answered from what was kept: a name asked for
again carries nothing new. The workers of a gateway share a client's questions by its ports, so each writes
those that count where all others read them (`odd_questions`), and each has counted all of them.

Most names that may carry something are the only ones below their domain: what a client asks first below two
last labels is laid by, and counted with the second.

The questions of a machine that asks for many are those of nobody: what would be much of one device is an
ordinary morning of a school. Of it only sure signs are believed.

State: that of one `TunnelWatch` (at most 10,000 clients of 4 KiB), who is under suspicion, and at most
MAX_FIRST questions that were laid by, of half a KiB each.
"""

from collections import OrderedDict
from collections.abc import Callable

from proxy.bypass.dns.tunnels import MAX_CLIENTS, REST_S, TunnelWatch
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import notice
from proxy.bypass.observed import Question, Record
from proxy.decision.signs import Consequence, Sign
from proxy.dns.odd_questions import Odd, OddQuestions
from proxy.dns.signing import CODE
from proxy.gateway import Gateway
from proxy.lookout import NONE, Lookout

MAX_FIRST = 20_000
NO_SUCH_NAME = "NXDOMAIN"
_CODED = (Record("A", "127.0.0.2"),)


def _nobody(_client: str) -> bool:
    return False


class Suspects:
    """Clients whose tunnel was found, by what they are called among workers, and when it was last seen."""

    def __init__(self, who: Callable[[str], str]) -> None:
        self._who = who
        self.at: OrderedDict[str, float] = OrderedDict()

    def __contains__(self, client: str) -> bool:
        """Say so of an address."""
        return bool(self.at) and self._who(client) in self.at


class Watching:
    """Watches over the questions of all clients, for one worker.

    suspects        clients whose tunnel was found, and when it was last seen: of these every question is
                    looked at
    asks_for_many   says so of an address
    """

    def __init__(
        self,
        gateway: Gateway,
        shared: OddQuestions | None = None,
        asks_for_many: Callable[[str], bool] = _nobody,
    ) -> None:
        self._gateway, self._asks_for_many = gateway, asks_for_many
        self._lookout = Lookout(gateway)
        self._tunnels = TunnelWatch()
        self.shared = shared
        self._who = str if shared is None else shared.who
        self.suspects = Suspects(self._who)
        self._first: OrderedDict[tuple[str, str], Odd] = OrderedDict()
        self._many: dict[str, bool] = {}

    def signs(self, client: str, name: str, method: str, at: float) -> tuple[Sign, ...]:
        """Count a question; return what it shows together with those before it.

        name   as it was asked: capitals are evidence
        at     of the monotonic clock, which all workers of a machine share
        """
        return self._told(self._called(client), name, method, at)

    def ask_again(self) -> None:
        """Forget who asks for many: settings may say otherwise."""
        self._many.clear()

    def _called(self, client: str) -> str:
        """What a client is called among workers; whether it asks for many is remembered by that."""
        who = self._who(client)
        if who not in self._many:
            if len(self._many) >= MAX_CLIENTS:
                self._many.clear()
            self._many[who] = self._asks_for_many(client)
        return who

    def _told(self, client: str, name: str, method: str, at: float) -> tuple[Sign, ...]:
        self._hear(at)
        first = self._first.pop((client, _end(name)), None) if self._first else None
        if first is not None:
            self._tell(first)
            self._signs(first.client, first.name, first.method, first.at)
        self._tell(Odd(client, name, method, at))
        return self._signs(client, name, method, at)

    def signs_of_some(self, client: str, name: str, method: str, at: float) -> tuple[Sign, ...]:
        """Do as `signs`, but lay the question by where it is the first of its kind."""
        client = self._called(client)
        key = client, _end(name)
        if key in self._first or client in self.suspects.at:
            return self._told(client, name, method, at)
        if self.shared is not None:
            self._hear(at)
            if client in self.suspects.at:
                return self._told(client, name, method, at)
        self._first[key] = Odd(client, name, method, at)
        if len(self._first) > MAX_FIRST:
            self._first.popitem(last=False)
        return NONE

    def _tell(self, odd: Odd) -> None:
        if self.shared is not None:
            self.shared.tell(odd)

    def answered(self, client: str, name: str, method: str, rcode: str, at: float) -> None:
        """Take note of an answer as lists of hashes give it: no such name, or a code in 127.0.0.0/8."""
        client = self._who(client)
        if self._first and (client, _end(name)) in self._first:
            return  # nobody has counted the question
        self._answered(Odd(client, name, method, at, rcode))
        self._tell(Odd(client, name, method, at, rcode))

    def _signs(self, client: str, name: str, method: str, at: float) -> tuple[Sign, ...]:
        question = Question(client, name, method, at=at)
        signs = self._lookout.watched(self._tunnel_signs, question)
        if signs:
            self._suspect(client, at)
        elif at - self.suspects.at.get(client, at) > REST_S:
            del self.suspects.at[client]
        return signs

    def _tunnel_signs(self, question: Question, knowledge: Knowledge) -> tuple[Sign, ...]:
        signs = self._tunnels.signs(question, knowledge)
        if signs and self._many.get(question.client, False):
            return tuple(sign for sign in signs if sign.consequence is Consequence.INCIDENT)
        return signs

    def _suspect(self, client: str, at: float) -> None:
        suspects = self.suspects.at
        suspects[client] = at
        suspects.move_to_end(client)
        if len(suspects) > MAX_CLIENTS:
            suspects.popitem(last=False)

    def _hear(self, now: float) -> None:
        """Count what other workers were asked since, and what was asked before this one began."""
        if self.shared is None:
            return
        for odd in self.shared.news():
            if not now - REST_S < odd.at <= now + 1.0:  # of before a restart of the machine
                continue
            if odd.rcode:
                self._answered(odd)
            else:
                self._heard(Question(odd.client, odd.name, odd.method, at=odd.at))

    def _heard(self, question: Question) -> None:
        """Count a question that another worker was asked, and has judged."""
        knowledge = self._gateway.knowledge
        if knowledge is not None and notice((self._tunnel_signs,), question, knowledge, _told_there):
            self._suspect(question.client, question.at)

    def _answered(self, odd: Odd) -> None:
        knowledge = self._gateway.knowledge
        if knowledge is None:
            return
        coded = _CODED if odd.rcode == CODE else ()
        question = Question(odd.client, odd.name, odd.method, at=odd.at, answers=coded, rcode=odd.rcode)
        self._tunnels.answered(question, knowledge)


def _end(name: str) -> str:
    """The last two labels of a name, however it is spelled."""
    return name[name.rpartition(".")[0].rfind(".") + 1 :].lower()


def _told_there(detector: str, error: Exception) -> None:
    """A fault is counted and said by the worker that was asked."""
