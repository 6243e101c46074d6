"""What do people who ask see? One file a page."""
