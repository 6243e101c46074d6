"""May this attempt pass, and why? Pure: values in, values out."""
