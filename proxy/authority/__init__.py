"""Who vouches for the gateway's certificates on the school's devices?

`authority` makes and keeps the school's certificate authority, `leaves` the short-lived server
certificates of the block-page host, `exports` the forms in which a device takes the authority in,
`pac` the proxy settings file beside them.
"""
