"""What was done by whom, in a record that shows any change to it?"""
