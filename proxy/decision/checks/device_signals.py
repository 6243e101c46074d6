"""Does a device ask, by itself, whether it may take its names elsewhere?

Browsers and systems look up these names before they switch to encrypted resolvers or relays of their
own; a refusal is how a network says that it filters. The device sends them without anybody's doing.
"""

from proxy.decision.case import Case
from proxy.decision.verdict import Action, Evidence, Finding, Reason

SIGNALS = {
    "use-application-dns.net": "Firefox asks here whether it may turn on its own encrypted resolver",
    "mask.icloud.com": "Apple devices ask here whether they may use iCloud Private Relay",
    "mask-h2.icloud.com": "Apple devices ask here whether they may use iCloud Private Relay",
    "mask-canary.icloud.com": "Apple devices ask here whether they may use iCloud Private Relay",
    "resolver.arpa": "devices ask here for an encrypted resolver of this network (RFC 9462)",
}


def device_signals(case: Case) -> Finding | None:
    """Refuse the names by which devices ask to leave the school's resolver."""
    for name in case.names:
        if name in SIGNALS:
            meaning = SIGNALS[name]
            return Finding(
                Action.BLOCK,
                Reason.DEVICE_SIGNAL,
                f"{meaning}; this network answers no, so that the device keeps using the school's filter.",
                Evidence(rule=name, list_id="device-signals"),
            )
    return None
