"""Hosts and addresses in every spelling: bare addresses, look-alikes, addresses written inside others."""
