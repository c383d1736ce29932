"""What the shipped publication must say, found in its tables by a way of its own, and its pages taken apart."""
