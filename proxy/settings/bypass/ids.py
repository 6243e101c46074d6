"""How is a technique called in a file of `blocklists/bypass`?"""

from typing import Annotated

from pydantic import StringConstraints

TechniqueId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$", max_length=64)]
