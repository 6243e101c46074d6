"""What can be wrong with a ticket, a code or the file of ticket keys?

TicketProblem
+-- TicketBad            not one of our tokens, or changed on its way
+-- TicketExpired        genuine, and its time is over
+-- TicketUnknownKey     sealed with a key that this keyring does not hold (any more)
+-- CodeProblem          a text that is no eight-character code
+-- KeyringProblem       the key file cannot be read, written or trusted
"""


class TicketProblem(Exception):
    """Base of everything that `proxy.tickets` raises; the message can be shown to the person who asked."""


class TicketBad(TicketProblem):
    """The token is not one of ours, or was changed or cut on its way."""


class TicketExpired(TicketProblem):
    """The token is genuine, and its time is over."""


class TicketUnknownKey(TicketProblem):
    """The token names a key that this keyring does not hold, or no longer holds."""


class CodeProblem(TicketProblem):
    """A text that is no eight-character code."""


class KeyringProblem(TicketProblem):
    """The key file cannot be read, written or trusted."""
