"""What can be wrong with the certificate authority?

AuthorityProblem         its files cannot be read, written or trusted
+-- NoLeaf               a host for which no certificate can be made
"""


class AuthorityProblem(Exception):
    """The authority's files cannot be read, written or trusted; the message names the file."""


class NoLeaf(AuthorityProblem):
    """A host for which no certificate can be made."""
