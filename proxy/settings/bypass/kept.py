"""In which form does a base hold what was read of `blocklists/bypass`, so that workers load it quickly?

One JSON text of what the files say, without what they leave out, and of the lists that they name. What it
becomes depends on nothing else but the school's surroundings, and is made once for each text.
"""

from dataclasses import replace
from functools import lru_cache

import re2
from pydantic import TypeAdapter

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.surroundings import Surroundings
from proxy.settings.bypass.making import BypassFiles, knowledge_from

_FILES = TypeAdapter(BypassFiles)

NO_FILES = b""
"""In place of the text where the settings switch detectors off."""


def to_json(files: BypassFiles) -> bytes:
    """Spell files that were found good; equal files give equal texts."""
    return _FILES.dump_json(files, exclude_defaults=True)


def knowledge_of(kept: bytes, around: Surroundings) -> Knowledge | None:
    """Make the knowledge of what was kept; None of NO_FILES.

    Raises ValueError when it is nothing that this version wrote.
    """
    return replace(_tables(kept), around=around) if kept != NO_FILES else None


@lru_cache(maxsize=1)  # one base follows another, mostly with the same files
def _tables(kept: bytes) -> Knowledge:
    try:
        return knowledge_from(_FILES.validate_json(kept))
    except (re2.error, LookupError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
