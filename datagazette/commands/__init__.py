"""What each command does, but `build`, which is a room of its own."""
