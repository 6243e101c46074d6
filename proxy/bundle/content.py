"""What does a base hold, and what does it become in memory?

    manifest.json       the other files with their checksums
    settings.json       the settings as they were checked
    categories.json     the category catalogue
    supplements.json    search engines and pass-through lists
    identity.json       networks, devices and people, without names
    bypass.json         what is known of ways around the filter; missing where detectors are switched off
    index.sgi           the compiled lists, mapped by every worker
    relisted.txt        of which hosts they say something else than those before; may be missing (`relisting`)

Nothing is read from anywhere else: a change to a list or setting has no effect before it is published.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter

from proxy.bundle.errors import BundleRefused
from proxy.bundle.layout import INDEX_NAME, Layout, Part
from proxy.bundle.manifest import FileMark, Manifest, read_manifest, verified_bytes, verify_file
from proxy.bypass.knowledge import Knowledge
from proxy.decision.listing import Listings
from proxy.decision.policy import Policy
from proxy.identity import directory as identity_form
from proxy.identity.directory import Directory
from proxy.identity.identities import Identities
from proxy.lists.categories import Catalogue
from proxy.lists.errors import ListsError
from proxy.lists.index import DomainIndex
from proxy.settings import supplements as supplements_form
from proxy.settings.bypass.around import surroundings_of
from proxy.settings.bypass.kept import NO_FILES, knowledge_of
from proxy.settings.schema import Settings
from proxy.settings.supplements import Supplements
from proxy.settings.to_policy import policy_from

SETTINGS, CATEGORIES, SUPPLEMENTS = "settings.json", "categories.json", "supplements.json"
IDENTITY, BYPASS, INDEX = "identity.json", "bypass.json", INDEX_NAME
PARTS = (SETTINGS, CATEGORIES, SUPPLEMENTS, IDENTITY, BYPASS)

BLIND = "holds nothing about ways around the filter, which its settings have looked for; publish anew"

_CATALOGUE = TypeAdapter(Catalogue)


@dataclass(frozen=True, slots=True)
class Ingredients:
    """All of a base but the index.

    bypass   what is known of ways around the filter, as `settings.bypass.kept` spells it
    """

    settings: Settings
    catalogue: Catalogue
    supplements: Supplements
    directory: Directory
    bypass: bytes = NO_FILES

    def files(self) -> dict[str, bytes]:
        """Spell each part as its file."""
        files = {
            SETTINGS: self.settings.model_dump_json(indent=1).encode(),
            CATEGORIES: _CATALOGUE.dump_json(self.catalogue, indent=1),
            SUPPLEMENTS: supplements_form.to_json(self.supplements),
            IDENTITY: identity_form.to_json(self.directory),
        }
        return files | ({BYPASS: self.bypass} if self.bypass != NO_FILES else {})


@dataclass(frozen=True, slots=True)
class Base:
    """A base in memory: a policy whose overlay is empty, and what else it holds.

    parts       what its files are, but for the lists
    knowledge   of ways around the filter; None where the settings switch detectors off
    """

    revision: int
    policy: Policy
    settings: Settings
    identities: Identities
    parts: Mapping[str, FileMark] = field(default_factory=dict)
    knowledge: Knowledge | None = None

    def with_lists(self, listings: Listings, revision: int) -> "Base":
        """The base that holds the same but for its lists."""
        policy = replace(self.policy, base=revision, listings=listings)
        return replace(self, revision=revision, policy=policy)


def read_base(layout: Layout, revision: int, held: Base | None = None) -> Base:
    """Check a published base file by file and load it.

    held   another base in memory; what the new one has in common with it is taken from there

    Raises BundleRefused naming the first file that is not what was published.
    """
    directory = layout.path(Part.BASE, revision)
    manifest = read_manifest(directory, revision)
    parts = {name: mark for name, mark in manifest.files.items() if name in PARTS}
    try:
        if held is not None and held.parts == parts:
            for name in parts:
                verified_bytes(directory, manifest, name)
            return held.with_lists(_index(directory, manifest), revision)
        ingredients = read_ingredients(directory, manifest)
        if ingredients.settings.bypass.detectors and ingredients.bypass == NO_FILES:
            raise BundleRefused(layout.name(Part.BASE, revision), BLIND)
        return replace(base_of(ingredients, _index(directory, manifest), revision), parts=parts)
    except (ListsError, ValueError, LookupError, OSError) as error:
        where = layout.name(Part.BASE, revision)
        why = f"was made by another version ({type(error).__name__}: {error}); publish anew"
        raise BundleRefused(where, why) from error


def _index(directory: Path, manifest: Manifest) -> DomainIndex:
    return DomainIndex.open(verify_file(directory, manifest, INDEX), verify=False)


def read_ingredients(directory: Path, manifest: Manifest) -> Ingredients:
    """Read and check all of a base but its index.

    Raises BundleRefused when a file is not what was published, ValueError when it cannot be understood.
    """
    return Ingredients(
        settings=Settings.model_validate_json(verified_bytes(directory, manifest, SETTINGS)),
        catalogue=read_catalogue(directory, manifest),
        supplements=supplements_form.from_json(verified_bytes(directory, manifest, SUPPLEMENTS)),
        directory=identity_form.from_json(verified_bytes(directory, manifest, IDENTITY)),
        bypass=verified_bytes(directory, manifest, BYPASS) if BYPASS in manifest.files else NO_FILES,
    )


def read_catalogue(directory: Path, manifest: Manifest) -> Catalogue:
    """Read and check the categories of a base alone.

    Raises BundleRefused when the file is not what was published, ValueError when it cannot be understood.
    """
    return _CATALOGUE.validate_json(verified_bytes(directory, manifest, CATEGORIES))


def base_of(ingredients: Ingredients, listings: Listings, revision: int) -> Base:
    """Make a base of its parts. Raises ValueError or LookupError when they do not fit together."""
    policy = policy_from(
        ingredients.settings,
        categories=ingredients.catalogue,
        supplements=ingredients.supplements,
        listings=listings,
        base=revision,
        overlay=0,
    )
    settings = ingredients.settings
    knowledge = knowledge_of(ingredients.bypass, surroundings_of(settings))
    return Base(revision, policy, settings, Identities(ingredients.directory), knowledge=knowledge)
