import asyncio
import os
import signal
import sys

import pytest

from proxy.supervisor.child import Child, Part, State, ending

FOREVER = "import signal; signal.pause()"


def part(code: str) -> Part:
    return Part("part-0", (sys.executable, "-c", code))


async def until(condition, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def test_a_killed_part_is_started_again_and_said_so(caplog):
    async def story():
        told = []
        child = Child(part(FOREVER), on_restart=told.append)
        keeping = asyncio.create_task(child.keep_running())
        await until(lambda: child.pid)
        first = child.pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: child.pid not in (0, first))
        child.stop()
        await keeping
        return told, child

    told, child = asyncio.run(story())
    assert told == ["part-0"]
    assert (child.restarts, child.state) == (1, State.STOPPED)
    assert "part-0 ended (killed by SIGKILL); it starts again in 0.1 s" in caplog.text


def test_a_stopped_part_is_not_started_again():
    async def story():
        child = Child(part(FOREVER))
        keeping = asyncio.create_task(child.keep_running())
        await until(lambda: child.pid)
        pid = child.pid
        child.stop()
        await keeping
        return pid, child

    pid, child = asyncio.run(story())
    assert child.restarts == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_part_that_is_renewed_starts_again_at_once_and_did_not_die(caplog):
    async def story():
        told = []
        child = Child(part(FOREVER), on_restart=told.append)
        keeping = asyncio.create_task(child.keep_running())
        await until(lambda: child.pid)
        first = child.pid
        child.renew()
        await until(lambda: child.pid not in (0, first))
        second = child.pid
        await asyncio.sleep(0)
        assert child.pid == second
        child.stop()
        await keeping
        return told, child, first

    caplog.set_level("INFO")
    told, child, first = asyncio.run(story())
    assert (told, child.restarts, child.state) == ([], 0, State.STOPPED)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert "part-0 starts again with the settings as they are now" in caplog.text
    assert "ended" not in caplog.text


def test_a_part_that_cannot_be_started_is_tried_again(caplog):
    async def story():
        child = Child(Part("part-0", ("/nonexistent/program",)))
        keeping = asyncio.create_task(child.keep_running())
        await until(lambda: child.restarts >= 2)
        child.stop()
        await keeping

    asyncio.run(story())
    assert "part-0 cannot be started" in caplog.text


def test_parts_die_with_the_supervisor_even_when_it_is_killed(tmp_path):
    supervisor = (
        "import asyncio, sys\n"
        "from proxy.supervisor.child import Child, Part\n"
        f"child = Child(Part('p', (sys.executable, '-c', {FOREVER!r})))\n"
        "async def run():\n"
        "    task = asyncio.create_task(child.keep_running())\n"
        "    while not child.pid: await asyncio.sleep(0.01)\n"
        "    print(child.pid, flush=True)\n"
        "    await task\n"
        "asyncio.run(run())\n"
    )

    async def story():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", supervisor, stdout=asyncio.subprocess.PIPE
        )
        pid = int(await process.stdout.readline())
        os.kill(pid, 0)
        process.kill()
        await process.wait()
        await until(lambda: not _alive(pid))

    asyncio.run(story())


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "exit status 0"), (3, "exit status 3"), (-9, "killed by SIGKILL"), (-99, "killed by signal 99")],
)
def test_endings_are_told_in_words(status, words):
    assert ending(status) == words


SPEAKING = (
    "import signal, sys\n"
    "from pathlib import Path\n"
    "from proxy.supervisor.succession import Voice\n"
    "log, voice = Path(sys.argv[1]), Voice.of()\n"
    "def say(word):\n"
    "    with log.open('a') as file: file.write(word + '\\n')\n"
    "def end(*_):\n"
    "    say('told to end'); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, end)\n"
    "first = not log.exists()\n"
    "say('first serves' if first else 'second serves')\n"
    "voice.serves()\n"
    "if first: voice.asks_for_successor()\n"
    "while True: signal.pause()\n"
)


def test_a_part_that_asks_for_a_successor_is_told_to_end_when_that_one_serves_and_without_back_off(
    tmp_path, caplog
):
    said = tmp_path / "said"

    async def story():
        child = Child(Part("part-0", (sys.executable, "-c", SPEAKING, str(said))))
        keeping = asyncio.create_task(child.keep_running())
        await until(lambda: said.exists() and said.read_text().count("\n") == 3)
        restarts = child.restarts
        child.stop()
        await keeping
        return restarts, child.state

    assert asyncio.run(story()) == (0, State.STOPPED)
    assert said.read_text().split("\n")[:3] == ["first serves", "second serves", "told to end"]
    assert "it starts again" not in caplog.text
