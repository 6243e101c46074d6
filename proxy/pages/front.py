"""What does the block-page host answer to one visit? Never the thing itself: it forwards nothing."""

import ipaddress
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from proxy.authority import exports
from proxy.authority.authority import Authority
from proxy.authority.pac import PAC_TYPE, pac_file
from proxy.decision.names import is_address
from proxy.decision.pipeline import stands, strictest
from proxy.decision.request import Attempt, Stage
from proxy.decision.urls import DEFAULT_PORTS
from proxy.decision.verdict import Action, Verdict
from proxy.gateway import Gateway, Judgement
from proxy.marking import marked
from proxy.pages.asked import form_for
from proxy.pages.house import house_of
from proxy.pages.languages import Language, language_for
from proxy.pages.refusals import Refusals
from proxy.pages.render import Page, html_page, page, plain_page
from proxy.pages.shown import shown_address
from proxy.pages.visit import Visit
from proxy.settings.schema import Settings


class Looked(Protocol):
    """What a look-up found, as far as the block-page host wants to know."""

    @property
    def verdict(self) -> Verdict:
        """The verdict on the name, its aliases and its addresses together."""


class Resolver(Protocol):
    """Resolves a name under a client's policy, judging every alias and address behind it."""

    async def lookup(self, client: str, host: str) -> Looked:
        """Look a host up for a client."""


class Front:
    """Answers visits to the block-page host.

    resolver    asks whether an alias or address behind a name is blocked; None: names alone count
    """

    def __init__(
        self, gateway: Gateway, authority: Authority, refusals: Refusals, resolver: Resolver | None = None
    ) -> None:
        self._gateway = gateway
        self._authority = authority
        self._refusals = refusals
        self._resolver = resolver

    async def answer(self, visit: Visit) -> Page:
        """Judge every name of a visit anew for this client; the strictest verdict decides."""
        settings = self._gateway.settings
        own = own_names(settings, visit.local)
        foreign = [name for name in visit.names if name not in own]
        if not foreign:
            return self._own_page(visit, settings)
        judgement = await self._judged(visit, foreign)
        if judgement.verdict.action is Action.BLOCK:
            form = form_for(
                visit.url.path,
                accept=visit.header("accept"),
                fetch_dest=visit.header("sec-fetch-dest"),
                requested_with=visit.header("x-requested-with"),
                upgrade=visit.header("upgrade"),
            )
            return self._refusals.answer(judgement, form, visit.header("accept-language"))
        self._gateway.record(judgement)
        return html_page(
            200,
            "open.html",
            _language(visit),
            house=house_of(settings),
            host=visit.host,
            address=shown_address(visit.host, visit.url),
            href=_again(visit),
        )

    async def _judged(self, visit: Visit, foreign: list[str]) -> Judgement:
        """Judge the URL, then every name as the resolver and the handshake do, then what is behind it.

        A name may be blocked where its URL is open: on devices that cannot be inspected, and by an
        alias. Such a client is here because of the name.
        """
        url = visit.url if visit.host in foreign else replace(visit.url, host=foreign[0])
        http = self._gateway.judge(
            Attempt(
                visit.client,
                Stage.HTTP,
                url.host,
                url,
                method=visit.method,
                referring_host=visit.referring_host,
            )
        )
        judgements = [http]
        for name in foreign:
            judgements.append(self._gateway.judge(Attempt(visit.client, Stage.DNS, name, method="A")))
            judgements.append(self._gateway.judge(Attempt(visit.client, Stage.TLS, name)))
        bound = strictest(one.verdict for one in judgements)
        if bound.action is not Action.BLOCK:
            bound = await self._behind(visit.client, foreign, bound)
        return replace(http, verdict=bound)

    async def _behind(self, client: str, names: Iterable[str], bound: Verdict) -> Verdict:
        for name in names:
            if self._resolver is not None and not is_address(name):
                behind = (await self._resolver.lookup(client, name)).verdict
                if stands(bound, behind):
                    return behind
        return bound

    def _own_page(self, visit: Visit, settings: Settings | None) -> Page:
        house, authority = house_of(settings), self._authority
        match visit.url.path:
            case "/":
                return html_page(200, "host.html", _language(visit), house=house, authority=authority)
            case "/ca.pem":
                return _download(exports.PEM_TYPE, exports.pem(authority), "schoolgate-ca.pem")
            case "/ca.crt":
                return _download(exports.DER_TYPE, exports.der(authority), "schoolgate-ca.crt")
            case "/schoolgate.mobileconfig":
                body = exports.mobileconfig(authority)
                return _download(exports.MOBILECONFIG_TYPE, body, "schoolgate.mobileconfig")
            case "/proxy.pac" | "/wpad.dat" if settings is not None:
                return page(200, PAC_TYPE, pac_for(settings, visit.local))
        return plain_page(
            404,
            marked("There is no such page here"),
            marked(
                "This is the school's web filter. Its own page is at the address without anything behind it."
            ),
            _language(visit),
            school=house.school,
            help_=house.contact,
        )


def own_names(settings: Settings | None, local: str) -> frozenset[str]:
    """The names and addresses under which the block-page host shows its own pages."""
    if settings is None:
        return frozenset({local})
    block_page = settings.block_page
    return frozenset({local, block_page.host, *(str(address) for address in block_page.addresses)})


def pac_for(settings: Settings, local: str) -> bytes:
    """The proxy settings file of these settings.

    local    the gateway's address as clients know it, for a proxy that listens on every address
    """
    listen = settings.proxy.listen
    everywhere = ipaddress.ip_address(listen.host).is_unspecified
    zones = [zone.zone for zone in settings.dns.forward_zones]
    if settings.console is not None:
        # Through the proxy everybody would come from the gateway's own address.
        zones.append(settings.console.host)
    return pac_file(local if everywhere else listen.host, listen.port, zones)


def _language(visit: Visit) -> Language:
    return language_for(visit.header("accept-language"))


def _download(content_type: str, body: bytes, name: str) -> Page:
    return page(200, content_type, body, (("Content-Disposition", f'attachment; filename="{name}"'),))


def _again(visit: Visit) -> str:
    """The link by which a page is loaded again; none for requests that a link cannot repeat."""
    if visit.method not in ("GET", "HEAD"):
        return ""
    url = visit.url
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = "" if DEFAULT_PORTS[url.scheme] == url.port else f":{url.port}"
    return f"{url.scheme}://{host}{port}{visit.target}"
