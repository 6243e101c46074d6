"""Which tables do the files of `blocklists/bypass` give of services that show or lead to other addresses?"""

from collections.abc import Iterable

import re2

from proxy.bypass.wrapping.table import ANY_COUNTRY, Fetchers, Place, Wrapping
from proxy.settings.bypass.family import FamilyFile
from proxy.settings.bypass.wrapping import FetchersSettings, SiteSettings


def wrapping_of(files: Iterable[tuple[str, FamilyFile]]) -> Wrapping:
    """Make the tables of all files, each with its list id. What several say of one name is taken together."""
    places: dict[str, tuple[Place, ...]] = {}
    labels: dict[str, tuple[Place, ...]] = {}
    redirectors: dict[str, tuple[str, ...]] = {}
    fetchers = Fetchers()
    for list_id, said in files:
        for service in said.wrappers:
            for site in service.sites:
                place = _place(service.technique, list_id, site)
                for name in site.hosts:
                    places[name] = (*places.get(name, ()), place)
                for label in site.labels:
                    labels[label] = (*labels.get(label, ()), place)
        for leading in said.redirectors:
            for name in leading.hosts:
                redirectors[name] = (*redirectors.get(name, ()), *leading.paths)
        for how in said.fetchers:
            fetchers = _fetchers(fetchers, how)
    starred = (name.split(".")[-2] for name in (*places, *redirectors) if name.endswith("." + ANY_COUNTRY))
    return Wrapping(places, labels, redirectors, fetchers, frozenset(starred))


def _place(technique: str, list_id: str, site: SiteSettings) -> Place:
    return Place(
        technique,
        list_id,
        re2.compile(site.under) if site.under else None,
        re2.compile(site.path) if site.path else None,
        frozenset(site.parameters),
        re2.compile(site.value) if site.value else None,
        site.folded,
    )


def _fetchers(known: Fetchers, said: FetchersSettings) -> Fetchers:
    return Fetchers(
        known.hosting | set(said.hosting),
        known.asked | set(said.asked),
        known.returning | set(said.returning),
        known.fetching | set(said.fetching),
        known.mentioning | set(said.mentioning),
        known.leading | set(said.leading),
    )
