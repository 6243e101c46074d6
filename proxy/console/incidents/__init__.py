"""Who tried to get around the filter, and was it so?"""
