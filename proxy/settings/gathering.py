"""Which names does a settings directory define, before any of its values are checked?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from proxy.settings.fields import Kind, Known
from proxy.settings.positions import read_document
from proxy.settings.schema.records import ListSettings
from proxy.settings.tree import Fields, Items, Node, Plain, Scalar, plain

CATALOGUE, SOURCES, ENGINES, PASS_THROUGH, BYPASS = (
    "categories.yaml",
    "sources.yaml",
    "safe_search.yaml",
    "pass_through",
    "bypass",
)
SCOPES = ("district", "schools", "groups", "classes", "devices")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known, and which files of the blocklists directory could not be read."""

    known: Known
    unreadable: tuple[str, ...]


def blocklists_of(directory: Path, data: Mapping[str, Plain]) -> Path:
    """Where the settings say that categories, sources and engines stand; absolute."""
    lists = data.get("lists")
    stated = lists.get("blocklists") if isinstance(lists, dict) else None
    default = ListSettings.model_fields["blocklists"].default
    return Path(directory, stated if isinstance(stated, str) else default).resolve()


def gather(directory: Path, root: Fields, *, complete: bool = True) -> Gathered:
    """Collect the names that values may refer to.

    directory   absolute; where relative paths in the settings start
    root        all settings files as one tree
    complete    whether every settings file could be read; else names that the settings define
                themselves are not checked, for they may stand in a file that could not
    """
    data = plain(root)
    assert isinstance(data, dict)
    blocklists = blocklists_of(directory, data)
    categories, sources, engines = (_items(blocklists / file, key) for file, key in (
        (CATALOGUE, "categories"), (SOURCES, "sources"), (ENGINES, "engines"),
    ))  # fmt: skip
    names = _defined(root, data, blocklists) if complete else {}
    levels: dict[str, tuple[str, ...]] = {}
    if engines is not None:
        levels = {name: _texts(engine.get("levels")) for name, engine in engines.items()}
        levels["all"] = ("strict",)
        names[Kind.ENGINE] = frozenset(levels)
    if sources is not None:
        names[Kind.SOURCE] = frozenset(sources)
    if categories is not None:
        names[Kind.CATEGORY] = frozenset(categories)
    techniques = _techniques(blocklists / BYPASS) if _has_permits(data) else frozenset()
    if techniques:
        names[Kind.TECHNIQUE] = techniques
    floor = frozenset(i for i, item in (categories or {}).items() if item.get("basis") == "cipa")
    missing = tuple(
        file
        for file, found in ((CATALOGUE, categories), (SOURCES, sources), (ENGINES, engines))
        if found is None
    )
    where = {
        Kind.CATEGORY: f"{blocklists.name}/{CATALOGUE}",
        Kind.SOURCE: f"{blocklists.name}/{SOURCES}",
        Kind.ENGINE: f"{blocklists.name}/{ENGINES}",
        Kind.PASS_LIST: f"{blocklists.name}/{PASS_THROUGH}",
        Kind.TECHNIQUE: f"{blocklists.name}/{BYPASS}",
    }
    return Gathered(Known(directory, names, where, floor, levels), missing if complete else ())


def _defined(root: Fields, data: Mapping[str, Plain], blocklists: Path) -> dict[Kind, frozenset[str]]:
    """The names that the settings define themselves."""
    schools, groups = _ids(root, "schools"), _ids(root, "groups")
    return {
        Kind.GROUP: groups,
        Kind.SCHOOL: schools,
        Kind.PARENT: schools | groups | {_district(data)},
        Kind.SCHEDULE: frozenset(_keys(root, "schedules")),
        Kind.PASS_LIST: _ids(root, "pass_through") | _pass_lists(blocklists),
    }


def _district(data: Mapping[str, Plain]) -> str:
    district = data.get("district")
    stated = district.get("id") if isinstance(district, dict) else None
    return stated if isinstance(stated, str) else "district"


def _keys(root: Fields, key: str) -> Iterable[str]:
    node = root.entries[key][1] if key in root.entries else None
    return node.entries if isinstance(node, Fields) else ()


def ids_in(root: Fields, key: str) -> list[tuple[str, Scalar]]:
    """Every `id` in the list that stands under a key of the root, with its place."""
    node: Node | None = root.entries[key][1] if key in root.entries else None
    found = []
    for item in node.nodes if isinstance(node, Items) else ():
        if isinstance(item, Fields) and "id" in item.entries:
            value = item.entries["id"][1]
            if isinstance(value, Scalar):
                found.append((value.text, value))
    return found


def _ids(root: Fields, key: str) -> frozenset[str]:
    return frozenset(name for name, _ in ids_in(root, key))


def _items(file: Path, key: str) -> dict[str, dict[str, Plain]] | None:
    """id -> item of the list under `key` in a data file; None when there is no such list."""
    try:
        document = read_document(file.read_bytes(), str(file))
    except OSError:
        return None
    data = plain(document.root) if document.root is not None else None
    items = data.get(key) if isinstance(data, dict) else None
    if not isinstance(items, list):
        return None
    return {str(item["id"]): item for item in items if isinstance(item, dict) and "id" in item}


def _texts(value: Plain) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _pass_lists(blocklists: Path) -> frozenset[str]:
    try:
        return frozenset(path.stem for path in (blocklists / PASS_THROUGH).glob("*.txt"))
    except OSError:
        return frozenset()


def _has_permits(data: Mapping[str, Plain]) -> bool:
    """Whether some level permits anything: what files of techniques say is read only then."""
    for key in SCOPES:
        levels = data.get(key)
        for level in levels if isinstance(levels, list) else [levels]:
            if isinstance(level, dict) and level.get("permits"):
                return True
    return False


def _techniques(folder: Path) -> frozenset[str]:
    """Each technique that a file describes, and the first parts of each: `vpn.wireguard`, `vpn`."""
    found: set[str] = set()
    for file in sorted(folder.glob("*.yaml")):
        for id_ in _items(file, "techniques") or ():
            parts = id_.split(".")
            found.update(".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return frozenset(found)
