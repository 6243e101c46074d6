"""Forms of the reviewers' pages: what people type there, read into values. One file a form."""
