"""Does the running filter block what it must, for every group? Asks it, as a client would.

`plan` says which probes a school's settings call for, `dns_probe` and `web_probe` ask the live
resolver and proxy, `expect` says what each answer is worth, `run` does all of it, `report` prints it.
"""
