"""When does a worker look for garbage, so that nobody waits for it?

What reference counts do not free is collected by generations. A pass over the oldest looks at every object
that lives, answers in caches included, and stops the worker for tens of milliseconds. It is not needed
often: hardly anything on the way of a query forms cycles.
"""

import gc

YOUNG, MIDDLE = 1_000, 3  # a pass over the middle generation takes a microsecond an object: 4 ms
OLD = 250  # so that a pass over all comes after about a million more objects have been made than freed


def settle() -> None:
    """Set aside what lives as long as the process, and look through the rest seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
