"""Every route of the console by its name, and an address of each, for tests that walk them all."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, reverse


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every route by its name, with its pattern."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space)
        else:
            yield f"{space}{each.name}", each


def address(pattern: URLPattern, name: str) -> str:
    """An address of a route, with ids that nobody has."""
    kinds = {key: type(kind).__name__ for key, kind in pattern.pattern.converters.items()}
    values = {key: 999999 if kind.startswith("Int") else "x" for key, kind in kinds.items()}
    return reverse(name, kwargs=values)
