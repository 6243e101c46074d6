# ruff: noqa: S608  (the names of tables are constants)
"""Was what shall be pardoned or permitted seen in that incident? The same rule as the desk's, in SQL."""

from proxy.console.incidents.guarded_rows import FINDING


def permit_unseen() -> str:
    """Whether no act of a permit's incident shows its technique, or another one of that family, at its host,
    or at what that lies below."""
    seen = f"f.incident_id = NEW.incident AND {_is_of('NEW.technique')} AND {_lies_below('NEW.host')}"
    return f"NOT EXISTS (SELECT 1 FROM {FINDING} f WHERE {seen})"


def pardon_unseen(vendor: str) -> str:
    """Whether a pardon names no technique, or one that was not seen at its site: nor, where a site is known,
    another one of that family."""
    techniques = {
        "sqlite": "json_each(NEW.techniques) v",
        "postgresql": "jsonb_array_elements_text(NEW.techniques) AS v(value)",
    }[vendor]
    seen = f"""f.incident_id = NEW.incident_id AND CASE NEW.site
        WHEN '' THEN f.site = '' AND f.technique = v.value
        ELSE {_lies_below("NEW.site")} AND {_is_of("v.value")} END"""
    unseen = f"""NOT EXISTS (SELECT 1 FROM {techniques}) OR EXISTS (
        SELECT 1 FROM {techniques} WHERE NOT EXISTS (SELECT 1 FROM {FINDING} f WHERE {seen}))"""
    # PostgreSQL takes no members of anything but a list; SQLite takes a text for a list of one.
    return unseen if vendor == "postgresql" else f"json_type(NEW.techniques) <> 'array' OR {unseen}"


def _is_of(kind: str) -> str:
    """Whether the technique of an act is the one named, or belongs to the family named."""
    family = f"length({kind}) > 0 AND replace({kind}, '.', '') = {kind}"
    return (
        f"(f.technique = {kind} OR ({family} AND substr(f.technique, 1, length({kind}) + 1) = {kind} || '.'))"
    )


def _lies_below(name: str) -> str:
    """Whether a name is the host or the site of an act, or lies below one of them."""
    ways = (
        f"(f.{at} <> '' AND ({name} = f.{at} OR (length({name}) > length(f.{at})"
        f" AND substr({name}, length({name}) - length(f.{at})) = '.' || f.{at})))"
        for at in ("host", "site")
    )
    return f"({' OR '.join(ways)})"
