"""Are all parts of the filter running, and what happens when one dies?"""
