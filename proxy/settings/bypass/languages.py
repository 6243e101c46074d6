"""What may stand in a file of `blocklists/bypass/languages`? One file a language, called as `es.yaml`."""

import re
from typing import Literal

from pydantic import Field

from proxy.settings.fields import Text
from proxy.settings.schema.part import Part

CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
"""How a language is called (RFC 5646), in small letters."""
NO_CODE = "this file is called by no language; call it as es.yaml or pt-br.yaml"


class LanguageFile(Part):
    """The whole of one file."""

    version: Literal["1"]
    """Version of this file's form."""
    texts: dict[Text, Text] = Field(default_factory=dict)
    """Titles, explanations and innocent causes as the other files have them -> the same in this language. A
    technique of which one is missing is shown in English."""
