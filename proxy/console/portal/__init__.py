"""What do people meet who ask for a page?"""
