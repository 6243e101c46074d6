"""YAML to typed, frozen settings, with every problem named by file, line and column."""

from proxy.settings.loading import Loaded, load
from proxy.settings.problem import Problem
from proxy.settings.schema import Settings

__all__ = ["Loaded", "Problem", "Settings", "load"]
