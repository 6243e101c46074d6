"""Has this worker's own memory grown past its bound?

Counted is what belongs to this process alone (`RssAnon`): the lists are mapped files that all workers share.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

STATUS = Path("/proc/self/status")
EVERY_S = 10.0
LIVES_FOR_S = 300.0


def own_megabytes(status: Path = STATUS) -> int:
    """Megabytes of memory of this process alone; 0 where the kernel does not say."""
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return 0
    kilobytes = next((line.split()[1] for line in lines if line.startswith("RssAnon:")), "0")
    return int(kilobytes) // 1024


async def outgrown(
    bound_mb: Callable[[], int],
    measure: Callable[[], int] = own_megabytes,
    every_s: float = EVERY_S,
    lives_for_s: float = LIVES_FOR_S,
) -> int:
    """Wait until a measurement exceeds the bound in force and return it.

    bound_mb      gives the bound; 0: none
    lives_for_s   not sooner than that: below a bound that is set too low, workers would come and go
    """
    await asyncio.sleep(lives_for_s)
    while True:
        bound, megabytes = bound_mb(), measure()
        if bound and megabytes > bound:
            return megabytes
        await asyncio.sleep(every_s)
