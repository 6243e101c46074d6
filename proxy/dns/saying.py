"""What is said of a name that was judged, and what is the same for all names that nothing speaks of?

Nearly all names, and the addresses behind them, stand on no list and in no rule. Under one view they share a
verdict, its counter, and all of their events but the name: `Silence` has these at hand.
"""

from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address

from proxy.decision.request import Stage
from proxy.decision.unspoken import FINAL, FOREVER, MAX_LISTED, Listed, Unspoken
from proxy.decision.verdict import Action, Verdict
from proxy.dns.private import points_inward
from proxy.dns.settling import Settling, Turn
from proxy.gateway import NO_TRAITS, Gateway
from proxy.journal.codec import Template
from proxy.judgement import Standing
from proxy.metrics import Cell

MAX_CLEAR = 8192

type Around = tuple[bytes, bytes]
"""What stands before and behind the host in an event's template."""
type AroundRule = tuple[bytes, bytes, bytes]
"""What stands before the host, between it and the rule, and behind the rule."""


class Said:
    """A verdict and what goes with it.

    listed        hosts that are listed alike share it, but for the line that decides of each
    made, until   UTC; it holds from `made`, and no longer at `until`
    counter       of verdicts like it
    around        by method; None: no event is kept
    """

    __slots__ = ("around", "around_rule", "counter", "listed", "made", "until", "verdict")

    def __init__(self, verdict: Verdict, counter: Cell, made: datetime, listed: Listed | None = None) -> None:
        self.listed = listed
        self.around_rule: dict[str, AroundRule | None] = {}
        self.verdict, self.counter, self.made = verdict, counter, made
        self.until = FOREVER if verdict.until is None else verdict.until
        self.around: dict[str, Around | None] = {}


class Silence:
    """What one view says of names, and of addresses behind names, that nothing speaks of.

    turn   at which both were last found to hold
    listed   what is said of names that are in no rule and are listed alike
    clear  such addresses that lead to the outside, packed: each as text, alone in a tuple
    """

    __slots__ = ("address", "clear", "listed", "name", "turn", "unspoken")

    def __init__(self, unspoken: Unspoken, turn: Turn) -> None:
        self.unspoken, self.turn = unspoken, turn
        self.name: Said | None = None
        self.address: Said | None = None
        self.clear: dict[bytes, tuple[str]] = {}
        self.listed: dict[Listed, Said] = {}

    def at(self, turn: Turn) -> None:
        """Let go what does not hold at a turn's moment."""
        self.turn, at = turn, turn.at
        if self.name is not None and not self.name.made <= at < self.name.until:
            self.name = None
        if self.address is not None and not self.address.made <= at < self.address.until:
            self.address = None


class Saying:
    """What is said under all views of the policy in force."""

    def __init__(self, gateway: Gateway, settling: Settling) -> None:
        self._gateway, self._settling = gateway, settling
        self._silences: dict[Unspoken, Silence] = {}
        self._policy: object = None

    def silence(self, unspoken: Unspoken, turn: Turn) -> Silence:
        """Return what a view says where nothing speaks, as of a turn."""
        if turn.policy is not self._policy:
            self._silences, self._policy = {}, turn.policy
        found = self._silences.get(unspoken)
        if found is None:
            found = self._silences[unspoken] = Silence(unspoken, turn)
        elif found.turn is not turn:
            found.at(turn)
        return found

    def of(self, verdict: Verdict, made: datetime) -> Said:
        """Put what goes with a verdict beside it."""
        return Said(verdict, self._settling.counter(verdict), made)

    def of_name(self, silence: Silence, host: str) -> Said:
        """Return what is said of a name that nothing speaks of."""
        said = silence.name
        if said is None:
            at = silence.turn.at
            said = silence.name = self.of(silence.unspoken.shared(host, Stage.DNS, NO_TRAITS, at), at)
        return said

    def of_listed(self, silence: Silence, listed: Listed) -> Said:
        """Return what is said of a name that is listed as others are."""
        said = silence.listed.get(listed)
        if said is None:
            if len(silence.listed) >= MAX_LISTED:
                silence.listed.clear()
            counter = self._settling.counter(listed.verdict)
            said = silence.listed[listed] = Said(listed.verdict, counter, listed.made, listed)
        return said

    def template(self, said: Said, standing: Standing, host: str, method: str, rule: str) -> Template | None:
        """Pack the event of a plain host that is listed as others are, by a rule that covers it."""
        try:
            around = said.around_rule[method]
        except KeyError:
            around = said.around_rule[method] = self._gateway.around_rule(standing, method, said.verdict)
        if around is None:
            return None
        packed = around[0], host.encode(), around[1], rule.encode(), around[2]
        return b"".join(packed)  # type: ignore[return-value]  # a `Template`; to say so costs a call

    def around(self, said: Said, standing: Standing, method: str) -> Around | None:
        """Return what stands around the host in the event of a name, for one that needs no quoting."""
        try:
            return said.around[method]
        except KeyError:
            made = said.around[method] = self._gateway.around_name(standing, method, said.verdict)
            return made

    def of_address(
        self, silence: Silence, packed: bytes, standing: Standing, method: str
    ) -> tuple[tuple[str], datetime] | None:
        """Judge an address behind a name: return it as text, and until when it is allowed; None when it is
        not, or leads into the school's own networks."""
        (text,), inward = alone = _address(packed)
        if inward:
            return None
        unspoken, at = silence.unspoken, silence.turn.at
        try:
            silent = not unspoken.listings(text, FINAL) and unspoken.is_in_no_rule(text)
        except Exception:  # noqa: BLE001  (the gateway meets it again: it counts, reports and refuses)
            silent = False
        if not silent:
            verdict = self._gateway.judge_name(standing, text, method, at, FINAL)
            until = FOREVER if verdict.until is None else verdict.until
            return None if verdict.action is Action.BLOCK else (alone[0], until)
        said = silence.address
        if said is None:
            said = silence.address = self.of(unspoken.shared(text, Stage.DNS, FINAL, at), at)
        said.counter.value += 1
        if said.verdict.action is Action.BLOCK:
            return None
        if len(silence.clear) >= MAX_CLEAR:
            silence.clear.clear()
        silence.clear[packed] = alone[0]
        return alone[0], said.until


@lru_cache(maxsize=16_384)
def _address(packed: bytes) -> tuple[tuple[str], bool]:
    """An address as text, and whether it leads into the school's own networks."""
    text = str(ip_address(packed))
    return (text,), points_inward(text)
