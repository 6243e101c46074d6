"""How are the decisions of `proxy` carried out on the hooks of mitmproxy?

Read `chain.py` first: it has the ordered list of addons.
"""
