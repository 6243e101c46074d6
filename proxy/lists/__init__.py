"""How do list files of many origins become one index that every worker can ask?

Read in this order: `formats` (lines to entries), `sources` (which files there are), `reading` (one
file, with what it said), `compile` (all of them into one file), `index` (the file, answering).
"""
