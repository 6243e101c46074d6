"""How far does what is not counted, or allowed, reach? In words: which ways around, at which sites."""

from collections.abc import Iterable
from ipaddress import ip_address

from django.utils.translation import gettext as _

from proxy.console.incidents.spoken import family, spoken


def kinds(techniques: Iterable[str]) -> str:
    """Techniques and families of them, in words."""
    return ", ".join(spoken(one).title if "." in one else family(one) for one in techniques)


def is_address(site: str) -> bool:
    """Whether a site is an address, below which there is nothing."""
    try:
        ip_address(site.strip("[]"))
    except ValueError:
        return False
    return True


def where(site: str) -> str:
    """Where something holds: at a name and below it, at an address; "": anywhere."""
    if not site:
        return _("anywhere")
    return site if is_address(site) else _("{site} and everything below it").format(site=site)
