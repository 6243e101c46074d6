"""Settings of a small school, as a dict that a test may change before they are read."""

from typing import Any

from proxy.settings.schema import Settings


def written() -> dict[str, Any]:
    """A school with four groups; `club` has no network, `guest` devices do not trust the certificate."""
    return {
        "zone": "America/Chicago",
        "dns": {"listen": ["127.0.0.1:53"], "system": True},
        "block_page": {"host": "block.example.org", "addresses": ["192.0.2.80"]},
        "groups": [
            {"id": "middle", "profile": "middle", "minor": True, "inspect": True},
            {"id": "staff", "profile": "staff", "minor": False, "inspect": True},
            {"id": "guest", "profile": "guest", "minor": True},
            {"id": "club", "profile": "middle", "minor": True},
        ],
        "networks": [
            {"id": "all", "addresses": "127.0.0.0/16"},
            {"id": "middle-room", "addresses": "127.0.1.2", "group": "middle", "inspect": True},
            {"id": "staff-room", "addresses": "127.0.1.4", "group": "staff", "inspect": True},
            {
                "id": "guest-wifi",
                "addresses": "127.0.1.5",
                "group": "guest",
                "inspect": False,
                "block_answer": "nxdomain",
            },
        ],
        "strictest": "middle",
    }


def school(**parts: Any) -> Settings:
    """The school, with some parts written otherwise."""
    return Settings.model_validate({**written(), **parts})
