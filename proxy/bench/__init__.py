"""How fast is the filter beside the programs it is compared with, on this machine, in this run?"""
