"""Django settings for tests of the console: those of the product, for the demo's school.

The state is a directory of its own, removed at the end. The database is an SQLite file in it; where
SCHOOLGATE_TEST_DATABASE names one (postgresql://user:password@host:port/name), PostgreSQL.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from proxy.console.site.config import ConsoleConfig, use
from proxy.settings.loading import load

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "config" / "demo"

_state = Path(tempfile.mkdtemp(prefix="console-tests-"))
_maker = os.getpid()


def _remove() -> None:
    if os.getpid() == _maker:
        shutil.rmtree(_state, ignore_errors=True)


atexit.register(_remove)
_loaded = load(DEMO)
assert _loaded.settings is not None, "\n".join(map(str, _loaded.problems))
_gateway = _loaded.settings.gateway.model_copy(update={"state": _state})
use(ConsoleConfig(_loaded.settings.model_copy(update={"gateway": _gateway}), _state, DEMO))

from proxy.console.site.database import postgresql  # noqa: E402
from proxy.console.site.settings import *  # noqa: E402, F403
from proxy.console.site.settings import DATABASES, STORAGES  # noqa: E402

_address = os.environ.get("SCHOOLGATE_TEST_DATABASE", "")
if _address:
    DATABASES["default"] = postgresql(_address, unquote(urlsplit(_address).password or ""))
else:
    DATABASES["default"]["TEST"] = {"NAME": str(_state / "test.sqlite3")}
# Files are taken from the tree as they are, not from a start's collection of them.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
