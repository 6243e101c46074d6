"""How is a search request held to the engine's safe mode?"""

from urllib.parse import quote_plus, unquote_plus

from mitmproxy import http

from addons.flows import path_and_query
from proxy.decision.policy import Policy, SafeSearchEngine, View
from proxy.decision.urls import is_under


def apply_safe_search(request: http.Request, host: str, policy: Policy, view: View) -> None:
    """Set the engine's parameters and headers for the subject's level in a request.

    host    canonical; a host that belongs to no engine with safe search on is left alone
    """
    engine = policy.engines.get(policy.engine_hosts.get(host, ""))
    level = view.safe_search.get(engine.id) if engine else None
    if engine is None or level is None:
        return
    for name, value in engine.headers.get(level, {}).items():
        request.headers[name] = value
    path, mark, query = request.path.partition("?")
    params = dict(engine.params.get(level, {}))
    if params and _applies(engine, path_and_query(request)[0]):
        query = with_params(query, params)
        request.path = f"{path}?{query}" if query or mark else path


def _applies(engine: SafeSearchEngine, path: str) -> bool:
    return not engine.param_paths or any(is_under(path, prefix) for prefix in engine.param_paths)


def with_params(query: str, params: dict[str, str]) -> str:
    """Return a query in which each parameter occurs once, with the given value.

    Every other spelling of the parameter goes: repeated, percent-coded or in another case. A value
    of "" removes it. All other parameters stay as they were sent.

    >>> with_params("q=cats&s%61fe=off&SAFE=images", {"safe": "active"})
    'q=cats&safe=active'
    """
    wanted = {name.lower() for name in params}
    kept = [part for part in query.split("&") if part and _name(part) not in wanted]
    kept += [f"{quote_plus(name)}={quote_plus(value)}" for name, value in params.items() if value]
    return "&".join(kept)


def _name(part: str) -> str:
    """A parameter's name, decoded as often as it takes."""
    name = part.partition("=")[0]
    for _ in range(3):
        decoded = unquote_plus(name)
        if decoded == name:
            break
        name = decoded
    return name.strip().lower()
