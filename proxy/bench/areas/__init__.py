"""What is measured? One module an area of the command."""
