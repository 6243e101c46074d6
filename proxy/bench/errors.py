"""What can keep a measurement from being made?"""


class BenchProblem(Exception):
    """A measurement cannot be made; the message says what is missing and what to do."""
