"""When do signs of ways around the filter become something that an adult looks at?"""
