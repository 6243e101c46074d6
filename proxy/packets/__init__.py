"""The packet filter: its rules, made from the settings, and what it refused, read from the kernel."""
