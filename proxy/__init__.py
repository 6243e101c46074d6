"""What does this school allow, refuse and record, and why?"""
