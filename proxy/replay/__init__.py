"""Recorded traffic, judged by the code that judges live."""
