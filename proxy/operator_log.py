"""How do the processes of a gateway speak to the operator?"""

import logging


def log_to_stderr(part: str) -> None:
    """Log for the operator from now on: time, severity, part (such as `dns-0`), message."""
    form = f"%(asctime)s %(levelname)-7s {part}: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, datefmt="%Y-%m-%d %H:%M:%S", force=True)
