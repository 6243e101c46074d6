"""Tags for pages about incidents."""
