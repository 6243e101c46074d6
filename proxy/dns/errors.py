"""What can go wrong while a name is resolved?

DnsProblem
├── Malformed                foreign bytes that are no DNS message, name or record
│   └── NotAnswerable        a datagram that deserves silence
├── SpellingLost             an upstream's answer fits but for the case of its letters
└── UpstreamProblem          the upstream resolvers gave no usable answer
    ├── UpstreamTimeout      none answered in time
    ├── UpstreamUnreachable  none could be reached, or TLS failed
    └── UpstreamOverload     too many questions are under way, or the machine is short of room
"""

import errno


class DnsProblem(Exception):
    """Base of everything that this package raises."""


class Malformed(DnsProblem):
    """Foreign bytes that are no DNS message, name or record; the message says what is wrong."""


class NotAnswerable(Malformed):
    """A datagram to drop without an answer: too short for a header, or itself a response."""


class SpellingLost(DnsProblem):
    """An answer fits but for the case of its letters: a forgery, or an upstream that breaks 0x20."""


class UpstreamProblem(DnsProblem):
    """The upstream resolvers gave no usable answer."""


class UpstreamTimeout(UpstreamProblem):
    """No upstream answered within the time given to it."""


class UpstreamUnreachable(UpstreamProblem):
    """An upstream could not be reached, broke the connection, or its certificate was not right."""


class UpstreamOverload(UpstreamProblem):
    """No question can be sent, and the upstream is not to blame: as many are under way as the settings allow,
    or this machine has no room for one more."""


NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EAGAIN})
"""What the system says when it has no descriptor or buffer left, whoever was to be reached."""
