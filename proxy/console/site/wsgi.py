"""What does the web server call for each request?"""

from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

from proxy.console.site.behind import BehindProxies
from proxy.console.site.config import config
from proxy.console.site.prepared import OncePrepared

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def application(*, ready: bool = True) -> "WSGIApplication":
    """The console, behind the proxies that the settings trust.

    ready    whether the database was prepared; otherwise the first request that finds it there does so
    """
    running = config()
    prepared = OncePrepared(get_wsgi_application(), running, ready=ready)
    return BehindProxies(prepared, running.console.trusted_proxies)
