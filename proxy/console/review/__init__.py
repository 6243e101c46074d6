"""How does a request become a decision?"""
