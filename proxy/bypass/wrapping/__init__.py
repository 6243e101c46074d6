"""Services that show another address inside their own, and fetchers that nobody knows."""
