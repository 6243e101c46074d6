"""What single packets show that the packet filter of the gateway refused."""
