"""Ways around the filter that show in HTTP: in a request, its answer, or a WebSocket's first messages."""
