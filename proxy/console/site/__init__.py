"""What makes one web site of the console's parts: settings, addresses, middleware."""
