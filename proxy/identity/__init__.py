"""Who is asking, as far as the gateway may know?"""
