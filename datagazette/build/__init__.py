"""The build: its story, its steps, and what runs them."""
