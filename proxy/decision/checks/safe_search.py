"""Is this a search engine that the subject may use in its safe mode only?

The one check that looks at what is allowed: it narrows, and never opens.
"""

from proxy.decision.case import Case
from proxy.decision.policy import SafeSearchEngine
from proxy.decision.request import Stage
from proxy.decision.urls import is_under
from proxy.decision.verdict import Action, Evidence, Finding, Reason


def safe_search(case: Case) -> Finding | None:
    """Answer as the engine's restricted service (DNS), or set its parameters and headers (HTTP).

    The finding's evidence names engine and level as `engine:level`.
    """
    if case.is_resolved:
        return None
    engine = engine_of(case)
    if engine is None:
        return None
    level = case.view.safe_search[engine.id]
    alias = engine.aliases.get(level, "")
    if case.attempt.stage is Stage.DNS and not alias:
        return None
    if case.attempt.stage is Stage.TLS:
        return None
    if case.attempt.stage is Stage.HTTP and not _changes_request(engine, level, case):
        return None
    return Finding(
        Action.REWRITE,
        Reason.SAFE_SEARCH,
        f"{case.attempt.host} is open with safe search ({engine.id}, {level}).",
        Evidence(list_id="safe-search", rule=f"{engine.id}:{level}"),
        rewrite=alias,
    )


def engine_of(case: Case) -> SafeSearchEngine | None:
    """The engine behind the host, when safe search is on for it."""
    engine = case.policy.engines.get(case.policy.engine_hosts.get(case.attempt.host, ""))
    return engine if engine is not None and engine.id in case.view.safe_search else None


def needs_inspection(case: Case) -> bool:
    """Say whether the engine's safe mode needs the proxy to see the request."""
    engine = engine_of(case)
    if engine is None:
        return False
    level = case.view.safe_search[engine.id]
    return bool(engine.params.get(level) or engine.headers.get(level))


def _changes_request(engine: SafeSearchEngine, level: str, case: Case) -> bool:
    if engine.headers.get(level):
        return True
    url = case.attempt.url
    if url is None or not engine.params.get(level):
        return False
    return not engine.param_paths or any(is_under(url.path, path) for path in engine.param_paths)
