"""Who is known here, and which duties has each?"""
