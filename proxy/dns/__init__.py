"""Which answer does a device's DNS question get under its policy?"""
