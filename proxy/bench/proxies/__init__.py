"""How is each proxy configured and started to be measured?"""
