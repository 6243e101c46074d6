"""What can be typed into the portal, and what does it have to be?"""
