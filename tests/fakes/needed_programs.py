"""Tests that need programs which not every machine has."""

import os

import pytest

from proxy.bench.programs import find


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test where a program is missing; but CI installs all of them, and there it fails."""
    missing = [program for program in programs if find(program) is None]
    in_ci = os.environ.get("CI") == "true"
    return pytest.mark.skipif(bool(missing) and not in_ci, reason=f"needs {', '.join(missing)}")
