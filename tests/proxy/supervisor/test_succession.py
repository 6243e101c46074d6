"""The worker's word reaches its supervisor."""

import asyncio
import os

from proxy.supervisor.succession import VARIABLE, Ear, Voice


def test_a_worker_started_by_hand_speaks_to_nobody():
    assert not Voice.of({}).is_heard
    Voice.of({}).serves()


def test_what_a_worker_says_is_heard_once_it_is_said():
    async def story() -> list[bool]:
        ear = Ear(asyncio.Event())
        told = int(ear.environment()[VARIABLE])
        voice = Voice(os.dup(told))
        ear.listen()
        heard = [ear.serves.is_set(), ear.leaves.is_set()]
        voice.serves()
        await asyncio.wait_for(ear.serves.wait(), 60)
        heard += [ear.serves.is_set(), ear.leaves.is_set()]
        voice.asks_for_successor()
        await asyncio.wait_for(ear.leaves.wait(), 60)
        ear.close()
        return heard

    assert asyncio.run(story()) == [False, False, True, False]
