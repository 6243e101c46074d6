"""The front door: accepts connections, judges them, and refuses, carries or hands them on."""
