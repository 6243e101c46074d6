"""Tags of the reviewers' pages."""
