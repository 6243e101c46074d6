"""Which tables do the files of `blocklists/bypass` give of misleading hosts and claims?"""

from collections.abc import Iterable

from proxy.bypass.spelling.table import Claim, Spellings
from proxy.settings.bypass.family import FamilyFile
from proxy.settings.bypass.spellings import ClaimsSettings


def spellings_of(files: Iterable[FamilyFile]) -> Spellings:
    """Join what all files say."""
    kept = tuple(files)
    letters: dict[str, str] = {}
    claims: dict[str, Claim] = {}
    for file in kept:
        for alike in file.lookalikes:
            for letter, characters in alike.letters.items():
                for character in characters:
                    letters[character] = letters.get(character, "") + letter
        for said in file.claims:
            claims |= _claims(said)
    return Spellings(
        frozenset(name for file in kept for zones in file.wildcards for name in zones.names),
        letters,
        claims,
        frozenset(word for file in kept for said in file.claims for word in said.privileged),
    )


def _claims(said: ClaimsSettings) -> dict[str, Claim]:
    fields = {
        Claim.PERSON: said.persons,
        Claim.ROLE: said.roles,
        Claim.SOURCE: said.sources,
        Claim.HOST: said.hosts,
        Claim.PATH: said.paths,
    }
    return {name: claim for claim, names in fields.items() for name in names}
