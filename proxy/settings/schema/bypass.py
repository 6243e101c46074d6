"""Are ways around the filter looked for at all?"""

from proxy.settings.schema.part import Part


class BypassSettings(Part):
    """What is looked for of ways around the filter."""

    detectors: bool = True
    """Whether detectors look at names, connections and pages, by what `bypass` in `lists.blocklists` knows;
    `off`: ways around are stopped by the names on lists alone."""
