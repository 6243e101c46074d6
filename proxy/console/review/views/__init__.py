"""Pages of reviewers and appeal officers, one file each."""
