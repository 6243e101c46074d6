"""Which pages are about people?"""
