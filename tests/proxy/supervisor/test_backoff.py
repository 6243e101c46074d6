from proxy.supervisor.backoff import LONGEST_S, STABLE_S, Backoff


def test_the_wait_doubles_with_each_early_death_up_to_a_limit():
    backoff, delays = Backoff(), []
    for _ in range(12):
        backoff = backoff.after(lived_s=0.5)
        delays.append(backoff.delay_s)
    assert delays[:4] == [0.1, 0.2, 0.4, 0.8]
    assert delays[-1] == LONGEST_S


def test_a_stable_run_makes_the_next_start_prompt_again():
    tired = Backoff(deaths=9)
    assert tired.after(lived_s=STABLE_S).delay_s == 0.1
