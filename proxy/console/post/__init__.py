"""Which letters are to be sent, and which were?"""
