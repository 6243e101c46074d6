"""Which host names stand in a made-up list, under which categories? The same ones every time.

Names have the spread of labels and lengths that public category lists have: most are a label under
a public suffix, some a site under a hosting provider, some a host of a site.
"""

import random
from collections.abc import Iterator
from itertools import accumulate

SUFFIXES = {
    "com": 50, "net": 8, "org": 7, "de": 4, "ru": 4, "info": 3, "xyz": 3, "co.uk": 2, "top": 2, "fr": 2,
    "nl": 2, "com.br": 1.5, "jp": 1, "it": 1, "pl": 1, "eu": 1, "io": 1, "online": 1, "site": 1, "us": 1,
}  # fmt: skip
HOSTERS = ("pages-host.com", "sites-cloud.net", "blogs-here.org", "apps-run.dev")
HOSTS = ("www", "www", "www", "m", "cdn", "api", "img", "static", "login", "eu-3.edge")
CATEGORIES = (
    "pornography", "malware", "phishing", "gambling", "ads_tracking", "social_networks", "games",
    "streaming_free", "proxies_vpn", "drugs", "weapons", "violence", "hate", "self_harm", "dating", "piracy",
    "file_sharing", "shopping", "cryptomining", "chat", "forums", "hacking", "webmail", "web_hosting",
)  # fmt: skip
_ONSETS = (
    "b", "c", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "cl", "st", "tr",
)  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ea", "oo")
_CODAS = ("", "", "n", "r", "s", "l", "ck")
_SYLLABLES = tuple(onset + vowel + coda for onset in _ONSETS for vowel in _VOWELS for coda in _CODAS)
_OPEN = tuple(onset + vowel for onset in _ONSETS for vowel in _VOWELS)


def spoken(number: int) -> str:
    """A word that no other number has, of at least three syllables."""
    word: list[str] = []
    while number or len(word) < 3:
        number, at = divmod(number, len(_OPEN))
        word.append(_OPEN[at])
    return "".join(word)


class Names:
    """Endless distinct names from one source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._given: set[str] = set()
        self._suffixes = list(SUFFIXES)
        self._weights = list(accumulate(SUFFIXES.values()))

    def __iter__(self) -> Iterator[str]:
        while True:
            name = self._any()
            if name not in self._given:
                self._given.add(name)
                yield name

    def _any(self) -> str:
        kind = self._chance.random()
        if kind < 0.12:
            return f"{self._label()}.{self._one(HOSTERS)}"
        site = f"{self._label()}.{self._chance.choices(self._suffixes, cum_weights=self._weights)[0]}"
        return f"{self._one(HOSTS)}.{site}" if kind < 0.20 else site

    def _label(self) -> str:
        kind = self._chance.random()
        word = "".join(self._one(_SYLLABLES) for _ in range(3 if kind < 0.5 else 4))
        if kind > 0.85:
            return f"{word}{int(self._chance.random() * 1000)}"
        return f"{word}-{self._one(_SYLLABLES)}" if 0.65 < kind < 0.75 else word

    def _one(self, among: tuple[str, ...]) -> str:
        return among[int(self._chance.random() * len(among))]


class Categories:
    """One or two categories for a name; the first ones of the catalogue come most often."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._weights = list(accumulate(1 / (place + 1) for place in range(len(CATEGORIES))))

    def one(self) -> str:
        """A field of the list: `games`, or `chat,games`."""
        wanted = 2 if self._chance.random() < 0.15 else 1
        return ",".join(sorted(set(self._chance.choices(CATEGORIES, cum_weights=self._weights, k=wanted))))


def is_under(name: str, listed: set[str]) -> bool:
    """Whether a name or something above it is listed."""
    while name:
        if name in listed:
            return True
        name = name.partition(".")[2]
    return False
