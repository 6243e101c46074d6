"""Which settings, categories and state does a `lists` command work with?"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from proxy.commands import config_argument
from proxy.lists.categories import Catalogue, load_categories
from proxy.lists.errors import ListsError
from proxy.settings.loading import load
from proxy.settings.schema import Settings

OWN_BLOCKLISTS = Path(__file__).resolve().parents[3] / "blocklists"


@dataclass(frozen=True, slots=True)
class AtHand:
    """What the command line leads to.

    settings    None when the settings directory holds none that are valid
    """

    settings: Settings | None
    blocklists: Path
    catalogue: Catalogue

    def needed(self, args: argparse.Namespace) -> Settings:
        """The settings, for a command that cannot do without. Raises ListsError."""
        if self.settings is None:
            raise ListsError(
                f"{args.config}: no valid settings; see `schoolgate check --config {args.config}`"
            )
        return self.settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Give a command the options that say where to look."""
    config_argument(parser)
    parser.add_argument(
        "--blocklists",
        type=Path,
        metavar="DIR",
        help="directory with categories.yaml (default: the one that the settings name, or Schoolgate's own)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def look(args: argparse.Namespace) -> AtHand:
    """Read settings and categories. Raises ListsProblem when the categories are not as they should be."""
    settings = load(args.config).settings
    blocklists = args.blocklists or (settings.lists.blocklists if settings else OWN_BLOCKLISTS)
    return AtHand(settings, blocklists, load_categories(blocklists / "categories.yaml"))
