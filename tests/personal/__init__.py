"""Personal data: how well they are found, and their way through the program."""
