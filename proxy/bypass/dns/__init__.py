"""Ways around the filter that show in names: resolvers, signals of devices, misleading answers, tunnels."""
