"""Ways around the filter: how each shows, in pure functions from what was seen to signs."""
