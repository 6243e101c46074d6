"""Where do people ask for a page, and where are requests answered, appealed and recorded?

A Django project in a process of its own. It talks to the gateways only through the published bundle: it
writes the overlay and reads the base. It never imports mitmproxy, and no gateway imports it.
"""
