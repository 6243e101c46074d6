"""How do the console's pages look? One frame, one style sheet, and the parts that pages are made of.

`templates/console/` has the frame (`base.html`) and the parts, `static/console/` the style sheet,
`templatetags/look.py` the tags, `words.py` what states and kinds are called, `navigation.py` which links a
person sees.
"""
