"""A running filter, asked until each of its workers has answered."""

import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from running_filter import RunningFilter

MOST = 400
_OVERLAY = re.compile(r'^schoolgate_policy_revision\{part="overlay"\} (\S+)$', re.MULTILINE)
_JUDGED = re.compile(r"^schoolgate_queries_total\{[^}]*\} (\S+)$", re.MULTILINE)


@dataclass
class EveryWorker:
    """Speaks to all resolver and proxy workers of a filter as a client at some address."""

    running: RunningFilter

    def overlays(self) -> list[int]:
        """The overlay in force in each worker, resolvers first."""
        return [int(float(_OVERLAY.findall(self._metrics(number))[0])) for number in self._all()]

    def opens(self, name: str, source: str) -> bool:
        """Whether all resolvers give the site's own address. Raises AssertionError where they differ."""
        return self._asked(self._resolvers(), lambda: self._opens(name, source))

    def shows(self, url: str, source: str) -> bool:
        """Whether all proxies show a page. Raises AssertionError where they differ."""
        return self._asked(self._proxies(), lambda: self._shows(url, source))

    def _opens(self, name: str, source: str) -> bool:
        answer = self.running.dig(name, source=source)
        found = {item.address for rrset in answer.answer for item in rrset if hasattr(item, "address")}
        assert found, f"no address for {name}: {answer}"
        return found == {"127.0.9.1"}

    def _shows(self, url: str, source: str) -> bool:
        answer: httpx.Response = self.running.browse(url, source)
        assert answer.status_code in (200, 403), answer
        return answer.status_code == 200

    def _asked(self, workers: list[int], ask: Callable[[], bool]) -> bool:
        before = {number: self._judged(number) for number in workers}
        answers: set[bool] = set()
        for _ in range(MOST):
            answers.add(ask())
            if all(self._judged(number) > count for number, count in before.items()):
                assert len(answers) == 1, "the workers differ"
                return answers.pop()
        raise AssertionError(f"not every worker answered in {MOST} tries")

    def _judged(self, number: int) -> float:
        """How many attempts a worker was asked about."""
        return sum(map(float, _JUDGED.findall(self._metrics(number))))

    def _metrics(self, number: int) -> str:
        url = f"http://127.0.0.1:{self.running.admin + number}/metrics"
        with urllib.request.urlopen(url, timeout=60) as answer:
            return str(answer.read().decode())

    def _all(self) -> Iterator[int]:
        yield from self._resolvers()
        yield from self._proxies()

    def _resolvers(self) -> list[int]:
        return list(range(1, 1 + self.running.workers))

    def _proxies(self) -> list[int]:
        return list(range(1 + self.running.workers, 1 + 2 * self.running.workers))
