"""What does a person, or a program, see instead of what was blocked?

`notice` puts a verdict into words, `render` makes pages of it in the form that was asked for,
`refusals` does both and hands out ticket and code, `server` is the block-page host.
"""
