"""How does a policy get from the settings into every worker, whole and unharmed?

A bundle has two parts, published apart and each with a revision of its own: the **base** (settings,
lists, categories, people) is a directory, the **overlay** (overrides and corrections) one file. Both are
written under a new name, checked by checksum whenever they are loaded, and put in force by one rename
of a link. `publish` writes, `load` reads, `watch` notices.
"""
