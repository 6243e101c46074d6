"""One question a file: each check returns a Finding, or None when it has nothing to say."""
