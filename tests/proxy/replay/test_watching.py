from pathlib import Path

from proxy.bypass.observed import Question
from proxy.bypass.surroundings import Surroundings
from proxy.replay.watching import new_watch
from proxy.settings.bypass.reading import read_knowledge

BLOCKLISTS = Path(__file__).parents[3] / "blocklists" / "bypass"


def test_each_watch_begins_with_nothing_seen_and_remembers():
    knowledge, _ = read_knowledge(BLOCKLISTS, Surroundings())
    hidden = [f"{number:02x}{'5b7d9cafe1' * 5}.a.{'0f' * 25}.tunnel.example" for number in range(40)]

    def stopped(watch, names):
        questions = [Question("c", name, "TXT", at=float(at)) for at, name in enumerate(names)]
        return [bool(tuple(watch(question, knowledge))) for question in questions]

    one = new_watch()
    assert any(stopped(one, hidden)), "a tunnel shows after some of its names"
    assert stopped(one, ["ff" + hidden[0][2:]]) == [True]
    assert stopped(new_watch(), hidden[:1]) == [False]
