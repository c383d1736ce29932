"""Charts of summaries: what they may say, how they are completed, and their pictures."""
