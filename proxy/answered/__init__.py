"""What did our resolver tell whom? A shared table that resolver workers write and proxy workers read.

    Written (one a resolver worker)  --its own mapped file-->  Read (one a proxy worker, all files)

Rows are found by hashes of client and name or address, keyed by the school's key, and last until they expire.
Each file has one writer, so nobody waits for anybody and nothing is lost unseen. What is not there is
`unknown` unless it can be shown that nothing was lost.
"""
