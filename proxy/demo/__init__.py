"""What is there to browse without the internet? Small web sites that the demo brings along."""
