"""Ways around the filter that show in the first octets of a connection or of a flow of datagrams."""
