"""Are the lists the same as when an index was compiled, so that it need not be compiled again?"""

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from proxy.lists.categories import Catalogue
from proxy.lists.layout import VERSION
from proxy.lists.sources import ListSource
from proxy.lists.tree import files_of

RECIPE = ("schoolgate", "publicsuffixlist", "idna", "google-re2")


def inputs_digest(lists: Iterable[ListSource], catalogue: Catalogue) -> str:
    """Return a hexadecimal sha256 of all that an index depends on: what the lists hold, how they are
    read, the categories' names, and the versions of the programs that compile.

    Raises OSError when a list cannot be read.
    """
    digest = hashlib.sha256()
    programs = {name: version(name) for name in RECIPE}
    _add(digest, [VERSION, programs, sorted(catalogue.upstream.items())])
    for source in lists:
        settings = [source.id, source.title, source.format.value, source.category, source.licence]
        flags = [source.allow, source.restrictive, sorted(source.categories.items())]
        _add(digest, [settings, flags])
        for file in files_of(source, catalogue):
            _add(digest, [file.id, file.category, file.upstream, file.allow, file.held, _content(file.path)])
    return digest.hexdigest()


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add(digest: "hashlib._Hash", value: object) -> None:
    digest.update(json.dumps(value).encode() + b"\n")
