"""What does a block page hand out, so that a blocked page can be asked for later?

A ticket is a self-contained token in the block page's link; a code is eight characters beside it
that can be read aloud. `claims` says what a ticket states, `keyring` keeps the keys, `sealing` makes
and opens tokens, `codes` makes and reads codes.
"""
