"""How recordings are written: one file a form."""
